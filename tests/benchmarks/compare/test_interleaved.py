"""Two commits take turns, each runs its own code, and nothing is left of them.

The commits are of a stand-in for Crosscheck that writes a file of results with a made-up time.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from crosscheck.benchmarks.compare import interleaved

STAND_IN = """
import json, os, subprocess, sys

assert sys.argv[1:4] == ["bench", "run", "--out"], sys.argv
commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout[:12]
with open(os.environ["STAND_IN_LOG"], "a") as log:
    print({name!r}, *sys.argv[5:], file=log)
{body}
row = dict(suite="s", layer="a", op="conv2d", direction="forward", subject="crosscheck",
           algorithm="tiled", dtype="float32", layout="nchw", device="cpu", samples=9,
           microseconds={time}, low={time}, high={time})
file = dict(format=1, environment=dict(commit=commit), ceilings={{}}, rows=[row], left_out=[])
json.dump(file, open(os.path.join(sys.argv[4], "results.json"), "w"))
"""


@pytest.fixture
def stand_in(repository, tmp_path, monkeypatch):
    """A function that commits a stand-in, and a log of what ran."""
    log = tmp_path / "log"
    monkeypatch.setenv("STAND_IN_LOG", str(log))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def make(name, time, body=""):
        source = STAND_IN.format(name=name, time=time, body=body)
        return repository.commit({"crosscheck/__main__.py": source, "crosscheck/__init__.py": ""})

    make.log = lambda: log.read_text().splitlines()
    make.is_clean = lambda: (
        repository.worktrees() == 1 and not [*tmp_path.glob(interleaved.PREFIX + "*")]
    )
    return make


def run(repository, commits, rounds=2, options=()):
    return list(interleaved.run(commits, rounds, options, lambda what: None, repository.root))


def test_they_take_turns_and_each_runs_its_own_code(repository, stand_in):
    commits = stand_in("first", 10), stand_in("second", 20)
    found = run(repository, commits, options=["--suite", "ladder"])
    times = [[each.rows[0].microseconds for each in pair] for pair in found]
    assert times == [[10, 20], [10, 20]]
    assert stand_in.log() == [f"{name} --suite ladder" for name in ("first", "second")] * 2
    assert stand_in.is_clean()


def test_a_run_that_fails_says_how_and_leaves_nothing(repository, stand_in):
    commits = stand_in("first", 10), stand_in("second", 20, "sys.exit('no such suite')")
    with pytest.raises(
        RuntimeError, match=f"{commits[1][:12]} ended with 1 and no results:\nno such"
    ):
        run(repository, commits)
    assert stand_in.is_clean()


def test_a_run_of_other_code_is_caught(repository, stand_in):
    commits = stand_in("first", 10), stand_in("second", 20, "commit = 'another'")
    with pytest.raises(RuntimeError, match="measured another: another Crosscheck was imported"):
        run(repository, commits)


def test_rows_with_problems_are_results_although_the_run_exits_with_1(repository, stand_in):
    body = "import atexit; atexit.register(os._exit, 1)"
    commits = stand_in("first", 10), stand_in("second", 20, body)
    assert len(run(repository, commits, rounds=1)) == 1


def test_an_interrupt_ends_the_run_and_leaves_nothing(repository, stand_in, tmp_path):
    """A process of its own, because the signal is sent to it."""
    stand_in("first", 10)
    commit = stand_in("second", 20, "import time; time.sleep(60)")
    program = (
        "from pathlib import Path\n"
        "from crosscheck.benchmarks.compare import interleaved\n"
        f"root, commit = Path({str(repository.root)!r}), {commit!r}\n"
        "list(interleaved.run((commit, commit), 1, [], lambda what: None, root))\n"
    )
    command = [sys.executable, "-c", program]
    child = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    try:
        log, limit = tmp_path / "log", time.monotonic() + 60
        while not log.exists() and time.monotonic() < limit:
            time.sleep(0.05)
        assert not stand_in.is_clean()
        os.killpg(child.pid, signal.SIGINT)  # as Ctrl-C does: to it, and to the run
        _, said = child.communicate(timeout=30)
    finally:
        child.kill()
    assert "KeyboardInterrupt" in said and child.returncode
    assert stand_in.is_clean()
