"""Every command of an installed wheel, called from a folder that has nothing to do with it."""

import json
from pathlib import Path

import pytest

ONE_CASE = "--suite quick --op relu --case matrix --dtype float32"
KERNEL = """
from numba import cuda

@cuda.jit
def double(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2
"""
MAIN = """
import sys
import numpy as np
from {module} import double

x = np.arange(3.0)
double[1, 32](x)
print(x, *sys.argv[1:])
"""


@pytest.fixture
def crosscheck(installed, tmp_path):
    """Return a function that calls the installed command from an empty folder."""

    def call(words, status=0, **variables):
        return installed.run("crosscheck", *words.split(), cwd=tmp_path, status=status, **variables)

    return call


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_parity_writes_both_reports(crosscheck, tmp_path):
    crosscheck(f"parity {ONE_CASE} --json r.json --html r.html")
    assert json.loads((tmp_path / "r.json").read_text())["summary"]["failed"] == 0
    assert "<html" in (tmp_path / "r.html").read_text()


def test_inspect_compiles_for_a_gpu(crosscheck):
    assert "input_gradient_kernel" in crosscheck("inspect activation.relu.").stdout


def test_inspect_looks_at_memory(crosscheck, tmp_path):
    crosscheck("inspect --memory activation.relu.forward --picture warp.png")
    assert (tmp_path / "warp.png").stat().st_size > 0


def test_bench_measures(crosscheck):
    assert "saxpy" in crosscheck("bench cpu-device --kernel saxpy --cores 1").stdout


def test_train_learns_and_draws(crosscheck, tmp_path):
    assert "held-out accuracy" in crosscheck("train --epochs 1").stdout
    assert (tmp_path / "digits" / "model.safetensors").exists()


def test_course_has_its_pages_and_checks_an_answer(crosscheck, tmp_path):
    page = crosscheck("course 1").stdout.splitlines()[0].rpartition(": ")[2]
    assert "# 1. Ten lines" in Path(page).read_text()
    assert "is written by no thread" in crosscheck("course 1", status=1).stdout
    assert "first_kernel.py is not right yet" in crosscheck("course").stdout


def test_cache_counts_what_is_kept_and_clears_it(crosscheck, tmp_path):
    folder = tmp_path / "kept"
    variables = {"CROSSCHECK_CACHE": str(folder)}
    assert "0 compiled kernels" in crosscheck("cache", **variables).stdout
    write(folder, {"a" * 32: "x" * 2_000_000, "notes": "not ours"})
    assert crosscheck("cache", **variables).stdout == f"1 compiled kernels (2.0 MB) in {folder}\n"
    crosscheck("cache --clear", **variables)
    assert [path.name for path in folder.iterdir()] == ["notes"]


def test_doctor_says_where_the_installed_one_is(crosscheck, installed):
    answer = "".join(crosscheck("doctor").stdout.split())  # a narrow table breaks a long path
    assert f"Crosscheck0.1.0runsfrom{installed.packages}" in answer


@pytest.mark.parametrize(
    "module, kernels, script",
    [
        ("kernels", "kernels.py", "main.py"),
        ("kernels", "beside/kernels.py", "beside/main.py"),
        ("kernels.ops", "kernels/ops.py", "main.py"),
    ],
)
def test_run_takes_a_script_s_own_modules_first(crosscheck, tmp_path, module, kernels, script):
    write(tmp_path, {kernels: KERNEL, script: MAIN.format(module=module)})
    assert crosscheck(f"run {script} -m --seed 3").stdout == "[0. 2. 4.] -m --seed 3\n"


def test_run_takes_a_module_as_python_does(crosscheck, tmp_path):
    write(tmp_path, {"kernels.py": KERNEL, "own/main.py": MAIN.format(module="kernels")})
    assert crosscheck("run --seed 3 -m own.main -v").stdout == "[0. 2. 4.] -v\n"


def test_a_local_nn_hides_nothing_here_or_in_a_child(crosscheck, tmp_path):
    child = "from numba import cuda; print(cuda.__name__); import parity"
    main = f"""
        import subprocess, sys
        import nn, crosscheck.nn
        print(nn.OWN, crosscheck.nn.Linear.__name__)
        done = subprocess.run([sys.executable, "-c", {child!r}], capture_output=True, text=True)
        print(done.stdout.strip(), done.stderr.strip().splitlines()[-1])
    """
    lines = "\n".join(line.strip() for line in main.splitlines())
    write(tmp_path, {"nn.py": "OWN = 'local'\n", "main.py": lines})
    assert crosscheck("run main.py").stdout.splitlines() == [
        "local Linear",
        "crosscheck.kernels.cpu.cuda ModuleNotFoundError: No module named 'parity'",
    ]
