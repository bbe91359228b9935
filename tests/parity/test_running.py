"""The running case is in a file, which is left behind when the case kills the process."""

import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from crosscheck.parity import __main__ as command
from crosscheck.parity import run as suites_run
from crosscheck.parity import running
from crosscheck.parity.result import Result
from crosscheck.parity.running import RunningCase

DIES = """
import os
from rich.console import Console
from crosscheck.parity.case import Case
from crosscheck.parity.progress import Monitor

with Monitor(Console(), total=2) as monitor:
    monitor.announce(Case("relu", "fuzz", "5", "random", {"input": (2, 3)}))
    monitor.announce(Case("relu", "fuzz", "6", "random", {"input": (2, 3)}, repro_flags="--seed 7"))
    os.abort()
"""
LINE = "python -m crosscheck.parity --suite fuzz --op relu --seed 7 --case 6"
PASSED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "a", ok=True)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    return tmp_path


def test_a_case_that_kills_the_process_is_named_by_the_file_and_by_the_next_run(
    folder, monkeypatch
):
    done = subprocess.run([sys.executable, "-c", DIES], capture_output=True, text=True)
    assert done.returncode == -signal.SIGABRT
    (path,) = folder.glob("parity-running-*")
    assert str(path) in done.stdout and LINE not in done.stdout
    assert path.read_text() == f"{LINE}\n"

    monkeypatch.setattr(suites_run, "run", lambda *_, **__: iter([PASSED]))
    monkeypatch.setattr(suites_run, "total", lambda *_, **__: 1)
    again = CliRunner().invoke(command.app, ["--suite", "fuzz"])
    assert f"An earlier run died in: {LINE}" in again.output
    assert not list(folder.glob("parity-running-*"))


def test_the_file_holds_the_last_line_and_goes_at_the_end():
    with RunningCase() as case:
        case.write("a long line, of a case that passed")
        case.write("short")
        assert case.path.read_text() == "short\n"
    assert not case.path.exists()
    assert running.left_behind() == []


def test_a_run_that_is_alive_is_not_taken_for_a_dead_one():
    with RunningCase() as case:
        case.write("running")
        assert running.left_behind() == []
        assert case.path.exists()


def test_a_file_is_taken_once(folder):
    (folder / "parity-running-1").write_text("one\n")
    (folder / "parity-running-2").write_text("")  # it died before its first case
    assert running.left_behind() == ["one"]
    assert running.left_behind() == [] and not list(folder.iterdir())


def test_a_folder_that_cannot_be_written_costs_nothing_else(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("CROSSCHECK_CACHE", str(folder / "file"))
    with RunningCase() as case:
        case.write("somewhere")
    assert case.path is None and running.left_behind() == []
    assert os.listdir(folder) == ["file"]
