"""The command: what it lists, what it imports, and what it says where a package is missing."""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from crosscheck import __main__ as command
from crosscheck.kernels.cpu import __main__ as cpu

SUBJECT_PACKAGES = {"torch", "numba", "numpy", "matplotlib", "sklearn"}


ROOT = Path(__file__).parents[2]
DOCS = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))
PAGES = ["README.md", "CONTRIBUTING.md", *DOCS]


def call(*words, before="", after="", status=0):
    """Call the command in a process of its own, with code before and after it."""
    program = f"""
import sys
{before}
from crosscheck.__main__ import main
sys.argv = ["crosscheck", *{words!r}]
try:
    main()
finally:
    {after or "pass"}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("words", [("--help",), ("doctor",), ("run", "--help")])
def test_no_subject_is_imported_before_it_is_needed(words):
    loaded = call(*words, after='print("loaded", *sys.modules)').stdout.splitlines()[-1].split()
    assert loaded[0] == "loaded" and "typer" in loaded
    assert not SUBJECT_PACKAGES & set(loaded)


def test_help_lists_every_command():
    listed = call("--help").stdout
    for name in ("parity", "run", "inspect", "bench", "train", "course", "cache", "doctor"):
        assert f"│ {name} " in listed


@pytest.mark.parametrize("name", command.SUBJECTS)
def test_the_line_in_the_help_is_the_subject_s_own(name):
    module, line = command.SUBJECTS[name]
    assert f'"""{line}' in Path(find_spec(module).origin).read_text()


@pytest.mark.parametrize(
    "words, missing, sentence",
    [
        ("parity", "torch", "parity needs PyTorch: pip install 'crosscheck-kernels[parity]'"),
        ("train", "sklearn", "train needs scikit-learn: pip install 'crosscheck-kernels[train]'"),
        *(
            (
                "run lesson.ipynb",
                package,
                f"run needs {package}: pip install 'crosscheck-kernels[notebook]'",
            )
            for package in ("nbclient", "nbformat", "ipykernel")
        ),
        (
            "inspect --memory relu.forward --picture p.png",
            "matplotlib",
            "inspect needs Matplotlib: pip install 'crosscheck-kernels[inspect]'",
        ),
    ],
)
def test_a_missing_package_is_one_sentence(words, missing, sentence):
    done = call(*words.split(), before=f"sys.modules[{missing!r}] = None", status=2)
    assert (done.stdout, done.stderr) == ("", f"crosscheck {sentence}\n")


@pytest.mark.parametrize("module", ["crosscheck.parity", "crosscheck.examples.train_digits"])
def test_python_m_says_the_same(module):
    blocked = "import runpy, sys; sys.modules.update(torch=None, sklearn=None);"
    program = f"{blocked} sys.argv[1:] = []; runpy.run_module({module!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("crosscheck ") and "pip install" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_module_that_no_extra_installs_is_an_error_of_ours():
    done = call("inspect", before='sys.modules["crosscheck.kernels"] = None', status=1)
    assert "ModuleNotFoundError" in done.stderr


def test_a_shell_gets_completions_of_commands_and_of_their_options():
    def complete(line):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
        environment = {"_CROSSCHECK_COMPLETE": "complete_bash", **words}
        return call(before=f"import os; os.environ.update({environment!r})").stdout.split()

    assert complete("crosscheck pa") == ["parity"]
    assert "--index" in complete("crosscheck inspect --in")
    assert complete("crosscheck run --tool race") == ["racecheck"]


def test_run_has_the_options_of_the_cpu_device_s_own_command():
    own = {name for action in cpu._parser()._actions for name in action.option_strings}
    run = typer.main.get_command(command.app).commands["run"]
    options = {name for each in run.params for name in each.opts if name.startswith("--")}
    assert options == own - {"-h", "--help"}


def test_run_refuses_a_mode_and_a_script_that_do_not_exist(tmp_path):
    script = tmp_path / "empty.py"
    script.write_text("")
    for words, message in (
        (["--tool", "fft", str(script)], "'fft'"),
        (["nowhere.py"], "nowhere.py: no such script"),
    ):
        answer = CliRunner().invoke(command.app, ["run", *words])
        assert answer.exit_code == 2 and message in answer.output


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_understood(page):
    text = (ROOT / page).read_text()
    lines = re.findall(r"^ +crosscheck (.+?)(?: +#.*)?$|`crosscheck (.+?)`", text, re.MULTILINE)
    group = typer.main.get_command(command.app)
    context = typer.Context(group)
    for line in (shlex.split(block or inline) for block, inline in lines):
        if line != ["--help"]:
            name, found, arguments = group.resolve_command(context, line)
            found.make_context(name, arguments, parent=context)
