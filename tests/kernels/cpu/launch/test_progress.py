"""What a long launch shows on a terminal, and nowhere else."""

import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crosscheck.kernels.cpu.launch import progress

ROOT = Path(__file__).resolve().parents[4]
SCRIPT = """
    import sys, threading
    import numpy as np
    from numba import cuda
    from crosscheck.kernels.cpu import jit, modes
    from crosscheck.kernels.cpu.launch import progress
    from crosscheck.kernels.cpu.machine import pool

    pool.cores = lambda: 1
    progress._BEGIN_AFTER, progress._EVERY, progress._LONG = 0.2, 0.1, float(sys.argv[2])

    @jit
    def waits(x, go):
        if cuda.blockIdx.x == 10:
            while cuda.atomic.add(x, cuda.threadIdx.x, 1) >= 0 and go[0] == 0:
                pass
        cuda.syncthreads()

    x, go = np.zeros(32, np.int64), np.zeros(1)
    with modes.using(sanitize="memcheck"):
        waits[1, 32](x, go)  # compiles it
        threading.Timer(float(sys.argv[1]), go.fill, (1,)).start()
        waits[40, 32](x, go)
    print("done", file=sys.stderr)
"""


def run_on_terminal(*arguments):
    """Run the script with a terminal as its stderr; return what was written there."""
    own, other = pty.openpty()
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=other)
    os.close(other)
    written = b""
    try:
        while True:
            written += os.read(own, 4096)
    except OSError:  # the other side is closed
        assert process.wait(60) == 0, written.decode()
    finally:
        process.kill()
        os.close(own)
    return written.decode()


def test_a_terminal_shows_the_blocks_and_is_left_clean():
    shown = run_on_terminal(1.5, 1000)
    assert "__main__.waits: 10 of 40 blocks, about " in shown
    assert " left\r\x1b[K__main__.waits: 10 of 40" in shown  # in place of the line before
    assert shown.endswith("\r\x1b[Kdone\r\n")
    assert "smaller" not in shown


def test_where_it_takes_long_a_smaller_grid_is_proposed_once():
    shown = run_on_terminal(1.5, 1)
    assert shown.count("under the sanitizer a smaller grid finds the same\r\n") == 1
    assert "__main__.waits: 40 blocks, about " in shown


def test_what_is_no_terminal_stays_empty():
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), "1", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "done\n")


@pytest.mark.parametrize("seconds, text", [(1.2, "1 s"), (99, "99 s"), (600, "10 minutes")])
def test_durations(seconds, text):
    assert progress._duration(seconds) == text
