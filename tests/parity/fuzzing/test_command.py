"""The command of a campaign, in a copy of the tree: a planted fault is found; Ctrl-C ends it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import crosscheck
from crosscheck.parity.__main__ import app

WIDE = {"COLUMNS": "300", "TERMINAL_WIDTH": "300"}  # no message is broken into lines
ROOT = Path(crosscheck.__file__).parents[1]


@pytest.fixture
def tree(tmp_path):
    """Return a copy of what the command needs."""
    for folder in ("crosscheck", "kernels", "nn", "parity"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


def started(tree, *words, module="crosscheck"):
    command = [sys.executable, "-m", module, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    return subprocess.Popen(command, cwd=tree, env=environment, start_new_session=True, **pipes)


def fuzz(tree, *words):
    return started(tree, "parity", "--suite", "fuzz", "--op", "relu", "--seed", "1", *words)


def test_a_planted_fault_is_found_shrunk_and_kept(tree):
    file = tree / "kernels/elementwise/unary.py"
    source = file.read_text()
    wrong = source.replace("y[i] = function(x", "if i < 5:\n                y[i] = function(x", 1)
    assert wrong != source
    file.write_text(wrong)
    with fuzz(tree, "--dtype", "float32", "--minutes", "10", "--count", "12") as process:
        output = process.communicate(timeout=500)[0]
    assert process.returncode == 1, output
    literal = re.search(r"smallest: .*--case '?(relu\(input=\(6,\)\))", output)
    assert literal, output
    assert "never written" in output and "12 problems" in output
    lines = (tree / "fuzz-failures.txt").read_text().splitlines()
    again = next(each for each in lines if literal[1] in each).partition("  #")[0]
    words = shlex.split(again)[3:]
    with started(tree, *words, module="crosscheck.parity") as process:
        output = process.communicate(timeout=300)[0]
    assert process.returncode == 1 and "never written" in output, output


def test_ctrl_c_ends_it_with_a_summary_and_no_process_left(tree):
    with fuzz(tree, "--minutes", "10") as process:
        assert "fuzz on cpu" in process.stdout.readline()
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it, too
        output = process.communicate(timeout=100)[0]
    assert process.returncode == 130
    assert re.search(r"^Interrupted: [\d,]+ cases of ", output, re.MULTILINE), output
    assert "Traceback" not in output
    end = time.monotonic() + 60  # the server of the workers may still be importing
    while is_alive(process.pid) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_alive(process.pid)


def is_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("words", [["--suite", "problems"], ["--case", "3"], ["--op", "LeNet5"]])
def test_minutes_are_for_the_suite_fuzz_alone(words):
    answer = CliRunner().invoke(app, ["--minutes", "1", *words], env=WIDE)
    assert answer.exit_code == 2 and "no --suite but fuzz" in answer.output


def test_a_literal_that_is_none_says_what_one_is():
    answer = CliRunner().invoke(app, ["--case", "relu(2)"], env=WIDE)
    assert answer.exit_code == 2 and "such as" in answer.output
