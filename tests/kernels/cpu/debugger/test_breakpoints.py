"""breakpoint() and pdb in a kernel: a script with commands on its standard input."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("greenlet")

ROOT = Path(__file__).resolve().parents[4]

LOOK = """
    import numpy as np
    from numba import cuda

    @cuda.jit
    def look(x):
        i = cuda.grid(1)
        if i == 3:
            from pdb import set_trace; set_trace()
        x[i] = i

    x = np.zeros(8)
    look[1, 8](x)
    print("left:", x.tolist())
"""

REVERSE = """
    import pdb
    from pdb import set_trace
    import numpy as np
    from numba import cuda, float32

    @cuda.jit(device=True)
    def twice(value):
        STOP
        return 2 * value

    @cuda.jit
    def reverse(x):
        tile = cuda.shared.array(4, float32)
        t = cuda.threadIdx.x
        i = cuda.grid(1)
        tile[t] = x[i]
        twice(tile[t])
        cuda.syncthreads()
        x[i] = tile[3 - t]

    x = np.arange(8, dtype=np.float32)
    reverse[2, 4](x)
    print("left:", x.tolist())
"""


@pytest.fixture
def run(tmp_path):
    def run(source, commands, *options, **environment):
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(source).lstrip())
        return subprocess.run(
            [sys.executable, "-m", "crosscheck.kernels.cpu", "--debug", *options, str(script)],
            input="".join(f"{command}\n" for command in commands),
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(
                    [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
                )
            }
            | environment,
        )

    return run


def test_a_breakpoint_of_one_thread_stops_there(run):
    done = run(LOOK, ["p i, x.sum()", "p cuda.threadIdx, cuda.blockDim.x", "n", "p x[3]", "c"])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "__main__.look: thread (3, 0, 0) of block (0, 0, 0)"
    assert "-> x[i] = i" in lines
    assert "(Pdb) (3, 3.0)" in lines  # threads 0 to 2 have run
    assert "(Pdb) ((3, 0, 0), 8)" in lines
    assert "(Pdb) 3.0" in lines
    assert lines[-1].endswith("left: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]")


@pytest.mark.parametrize("stop", ["breakpoint()", "pdb.set_trace()", "set_trace()"])
def test_the_first_thread_stops_and_pdb_stays_in_it(run, stop):
    commands = ["p value", "up", "p t", "b 19", "c", "p tile.tolist(), i", "n", "n", "p x[0]", "c"]
    done = run(REVERSE.replace("STOP", stop), commands)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("thread (") == 1
    assert "thread (0, 0, 0) of block (0, 0, 0)" in done.stdout
    assert "(Pdb) ([0.0, 1.0, 2.0, 3.0], 0)" in done.stdout  # the others came to the barrier
    assert "syncthreads" not in done.stdout.partition("-> x[i] = tile")[2]
    assert "left: [3.0, 2.0, 1.0, 0.0, 7.0, 6.0, 5.0, 4.0]" in done.stdout


@pytest.mark.parametrize("step", ["next", "step"])
def test_stepping_over_a_barrier_stays_in_the_thread(run, step):
    done = run(REVERSE.replace("STOP", "breakpoint()"), [*[step] * 4, "p t, tile.tolist()", "c"])
    assert "-> cuda.syncthreads()" in done.stdout
    assert "(Pdb) (0, [0.0, 1.0, 2.0, 3.0])" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    "options, where",
    [
        (["--thread", "2,0,0", "--block", "1,0,0"], "thread (2, 0, 0) of block (1, 0, 0)"),
        (["--thread", "1"], "thread (1, 0, 0) of block (0, 0, 0)"),
        (["--block", "1"], "thread (0, 0, 0) of block (1, 0, 0)"),
    ],
)
def test_a_chosen_thread_is_the_only_one_that_stops(run, options, where):
    done = run(REVERSE.replace("STOP", "breakpoint()"), ["c"] * 8, *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("thread (") == 1
    assert f"__main__.reverse: {where}" in done.stdout


def test_a_thread_that_is_not_in_the_launch_is_said(run):
    done = run(REVERSE.replace("STOP", "breakpoint()"), [], "--thread", "4")
    assert done.returncode == 0
    assert "thread (4, 0, 0) of block (0, 0, 0) is not in this launch" in done.stderr
    assert "reverse[2, 4](x)" in done.stderr  # the line of the launch


def test_two_places_may_stop_in_two_threads(run):
    source = LOOK.replace("x[i] = i", "x[i] = i\n        if i == 5: breakpoint()")
    done = run(source, ["c", "p i", "c"])
    assert done.stdout.count("thread (") == 2
    assert "thread (5, 0, 0)" in done.stdout


def test_quitting_ends_the_program_without_a_traceback(run):
    done = run(LOOK, ["q"])
    assert done.returncode == 1
    assert done.stderr == "" and "left" not in done.stdout


def test_pythons_own_switch_turns_breakpoints_off(run):
    source = LOOK.replace("from pdb import set_trace; set_trace()", "breakpoint()")
    done = run(source, [], PYTHONBREAKPOINT="0")
    assert "Pdb" not in done.stdout and "left" in done.stdout


def test_an_exception_has_the_users_frames_and_names_the_thread(run):
    done = run(LOOK.replace("from pdb import set_trace; set_trace()", "x[8] = 0"), [])
    assert done.returncode == 1
    assert 'script.py", line 8, in look\n    x[8] = 0' in done.stderr
    assert "IndexError: index 8 is out of bounds for axis 0 with size 8" in done.stderr
    assert "__main__.look: thread (3, 0, 0) of block (0, 0, 0)" in done.stderr


def test_print_takes_anything(run):
    done = run(LOOK.replace("from pdb import set_trace; set_trace()", "print(x[:2], {i: 'i'})"), [])
    assert done.stdout.splitlines()[0] == "[0. 1.] {3: 'i'}"
