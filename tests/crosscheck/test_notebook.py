"""`crosscheck run lesson.ipynb`: the outputs, the lines about it, and what a failing cell does."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
KERNEL = """
import numpy as np
from numba import cuda

@cuda.jit
def fill(x):
    x[cuda.grid(1)] = 1
"""


def start(folder, *words):
    """Start the command in the folder's parent."""
    return subprocess.Popen(
        [sys.executable, "-m", "crosscheck", "run", *words],
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "300"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder, *words, status=0):
    """Run the command, check its exit status, and return its lines and its errors."""
    with start(folder, *words) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == status, out + err
    return out.splitlines(), err


@pytest.fixture
def lesson(tmp_path):
    """Return a function that writes folder/lesson.ipynb, of these cells of code."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def write(*sources):
        cells = [new_code_cell(source) for source in sources]
        nbformat.write(new_notebook(cells=cells), folder / "lesson.ipynb")
        return folder

    return write


def outputs(folder):
    """Return the texts and errors of each cell of the result."""
    cells = nbformat.read(folder / "lesson.out.ipynb", 4).cells
    return [
        [each.get("text") or each.get("ename") or each.data["text/plain"] for each in cell.outputs]
        for cell in cells
        if cell.cell_type == "code"
    ]


def test_it_runs_on_the_cpu_device_in_its_folder_with_a_line_for_each_cell(lesson):
    folder = lesson("import neighbour", KERNEL, "", "x = np.zeros(2)\nfill[1, 2](x)\nx")
    (folder / "neighbour.py").write_text("print('here')\n")
    notebook = nbformat.read(folder / "lesson.ipynb", 4)
    notebook.cells.insert(1, new_markdown_cell("# A title"))
    nbformat.write(notebook, folder / "lesson.ipynb")
    before = (folder / "lesson.ipynb").read_bytes()
    lines, err = run(folder, "folder/lesson.ipynb")
    assert err == ""
    assert [line.split("  ")[0] for line in lines] == [
        *(f"cell {number} of 3" for number in (1, 2, 3)),
        "wrote folder/lesson.out.ipynb",
    ]
    assert [line.split("  ")[-1] for line in lines[:2]] == [
        "import neighbour",
        "import numpy as np",
    ]
    assert outputs(folder) == [["here\n"], [], [], ["array([1., 1.])"]]
    assert (folder / "lesson.ipynb").read_bytes() == before


def test_a_failing_cell_is_named_unless_it_is_tagged_and_the_rest_is_written(lesson):
    folder = lesson("1 / 0", "[red] = 1, 2", "print(3)")
    notebook = nbformat.read(folder / "lesson.ipynb", 4)
    notebook.cells[0].metadata["tags"] = ["raises-exception"]
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="of an earlier run")]
    nbformat.write(notebook, folder / "lesson.ipynb")
    lines, err = run(folder, "folder/lesson.ipynb", status=1)
    assert lines[-1] == "wrote folder/lesson.out.ipynb" and len(lines) == 2
    assert "----> 1 [red] = 1, 2" in err and "\x1b" not in err
    problem = "ValueError: too many values to unpack (expected 1)"
    assert err.splitlines()[-1] == f"folder/lesson.ipynb: cell 2 of 3 failed: {problem}"
    assert outputs(folder) == [["ZeroDivisionError"], ["ValueError"], []]


def test_modes_hold_inside_also_for_kernels_that_need_no_numba_cuda(lesson):
    modes = "from crosscheck.kernels.cpu import modes\nprint(modes.current().seed)"
    folder = lesson(modes, "%load_ext crosscheck", KERNEL, "fill[1, 8](np.zeros(7))")
    words = ("--seed", "5", "--tool", "memcheck", "folder/lesson.ipynb")
    err = run(folder, *words, status=1)[1]
    assert "sanitizer: 1 finding in 1 kernel" in err and "x[7] is out of bounds" in err
    found = outputs(folder)
    assert found[0] == ["5\n"]
    assert "x[7] is out of bounds" in found[3][0]  # where it was found: the cell ran to its end


def test_a_process_that_dies_is_said(lesson):
    folder = lesson("print(1)", "import os\nos._exit(3)")
    err = run(folder, "folder/lesson.ipynb", status=1)[1]
    assert err.splitlines()[-1] == "folder/lesson.ipynb: cell 2 of 2 failed: its process died"
    assert outputs(folder) == [["1\n"], []]


def test_an_interrupted_run_is_written(lesson):
    folder = lesson("print(1)", "import time\ntime.sleep(600)")
    with start(folder, "folder/lesson.ipynb") as process:
        assert process.stdout.readline().startswith("cell 1 of 2")
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=60)[0]
    assert process.returncode == 130 and out == "wrote folder/lesson.out.ipynb\n"
    assert outputs(folder) == [["1\n"], []]


def test_a_notebook_as_any_editor_writes_it_runs_and_only_a_result_is_replaced(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    for text in "12":
        cells = [{**cell, "source": [f"print({text})"]}]
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (folder / "lesson.ipynb").write_text(json.dumps(whole))
        run(folder, "folder/lesson.ipynb")
        assert outputs(folder) == [[f"{text}\n"]]
    (folder / "lesson.out.ipynb").write_text(json.dumps(whole))
    assert "lesson.out.ipynb exists" in run(folder, "folder/lesson.ipynb", status=2)[1]
    assert json.loads((folder / "lesson.out.ipynb").read_text()) == whole


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.ipynb"], "nowhere.ipynb: no such notebook"),
        (["folder/lesson.ipynb", "7"], "folder/lesson.ipynb is a notebook, which takes no arg"),
        (["folder/text.ipynb"], "folder/text.ipynb is no notebook: Notebook does not appear to"),
        (["folder/r.ipynb"], "folder/r.ipynb is a notebook of R; expected one of python"),
        (["--seed", "-1", "folder/lesson.ipynb"], "seed is -1; expected 0 to"),
    ],
)
def test_what_cannot_be_run_is_named_and_nothing_written(lesson, words, message):
    folder = lesson("print(1)")
    (folder / "text.ipynb").write_text("print(1)\n")
    other = new_notebook(metadata={"language_info": {"name": "R"}})
    nbformat.write(other, folder / "r.ipynb")
    err = run(folder, *words, status=2)[1]
    assert message in " ".join(err.replace("│", " ").split())
    assert not [*folder.glob("*.out.ipynb")]
