"""`python -m crosscheck.kernels.cpu`: a script runs as under Python, with the stand-in."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = """
    import os, sys
    import numba, numba.cuda.random
    import numpy as np
    from numba import cuda, float32
    from numba.cuda import grid, jit, random, threadIdx
    from numba.cuda.core.errors import TypingError
    from numba.cuda.cudadrv.devicearray import DeviceNDArray
    import neighbour

    @jit
    def sums(x, out):
        tile = cuda.shared.array(32, float32)
        i, t = grid(1), threadIdx.x
        tile[t] = x[i] + numba.cuda.float32(neighbour.ONE)
        cuda.syncthreads()
        out[i] = tile[31 - t] + cuda.laneid

    @cuda.jit
    def outside(x):
        x[cuda.grid(1)] = 0

    if __name__ == "__main__":
        assert isinstance(cuda.to_device(np.zeros(1)), DeviceNDArray)
        x = np.arange(32, dtype=np.float32)
        out = cuda.device_array_like(x)
        sums[1, 32](cuda.to_device(x), out)
        assert (out.copy_to_host() == 32).all()
        print(sys.argv, os.path.basename(__file__))
        if "outside" in sys.argv:
            outside[1, 32](out[:31])
        if "exit" in sys.argv:
            sys.exit(7)
        if "fail" in sys.argv:
            raise RuntimeError("the script's own")
"""

TEST_MODULE = """
    import numpy as np
    from numba import cuda
    from numba.cuda.testing import CUDATestCase, skip_on_cudasim, unittest

    @cuda.jit
    def fill(x):
        x[cuda.grid(1)] = 1

    class TestFill(CUDATestCase):
        @skip_on_cudasim("no simulator")
        def test_fill(self):
            x = np.zeros(4)
            fill[1, 4](x)
            self.assertTrue(x.all())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT))
    (folder / "neighbour.py").write_text("ONE = 1\n")
    (folder / "test_fill.py").write_text(textwrap.dedent(TEST_MODULE))
    return folder


def run(folder, *arguments, path=()):
    """Run the command in the folder's parent, with our root and `path` on PYTHONPATH."""
    command = [sys.executable, "-m", "crosscheck.kernels.cpu", *map(str, arguments)]
    paths = {"PYTHONPATH": ":".join(map(str, (ROOT, *path)))}
    return subprocess.run(
        command,
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | paths,
    )


def test_a_script_sees_its_arguments_its_neighbours_and_the_stand_in(folder):
    done = run(folder, folder / "script.py", "--sanitize", "-m")
    assert done.stderr == "", done.stderr
    assert done.stdout == f"['{folder}/script.py', '--sanitize', '-m'] script.py\n"
    assert done.returncode == 0


def test_its_exit_status_is_passed_on(folder):
    assert run(folder, folder / "script.py", "exit").returncode == 7


def test_a_traceback_begins_in_the_script(folder):
    done = run(folder, folder / "script.py", "fail")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith(f'  File "{folder}/script.py", line ')
    assert lines[-1] == "RuntimeError: the script's own"


def test_an_interrupted_script_shows_where_it_was(folder):
    script = folder / "interrupted.py"
    script.write_text("raise KeyboardInterrupt\n")
    done = run(folder, script)
    assert done.returncode == 130
    assert done.stderr.splitlines()[1] == f'  File "{script}", line 1, in <module>'
    assert done.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_options_before_the_script_are_modes_of_its_launches(folder):
    plain = run(folder, "--deterministic", folder / "script.py", "outside")
    assert plain.returncode == 0, plain.stderr
    for own in (["--sanitize"], ["--seed", "3", "--tool", "memcheck"]):
        done = run(folder, *own, folder / "script.py", "outside")
        assert done.returncode == 1
        assert "x[31] is out of bounds for 31 elements" in done.stderr


PARENT = """
    import multiprocessing, subprocess, sys

    def who(_):
        from numba import cuda
        return cuda.implementation

    if __name__ == "__main__":
        code = "from numba import cuda; from crosscheck.kernels.cpu import modes; "
        code += "print(cuda.implementation, modes.current().seed, modes.current().mma)"
        subprocess.run([sys.executable, "-c", code], check=True)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.map(who, [0]))
"""


def test_processes_that_it_starts_have_the_stand_in_and_its_modes(folder):
    (folder / "parent.py").write_text(textwrap.dedent(PARENT))
    (folder / "sitecustomize.py").write_text("print('mine')\n")
    try:
        own = "--seed", "5", "--mma", "a100"
        done = run(folder, *own, folder / "parent.py", path=[folder])
    finally:
        (folder / "sitecustomize.py").unlink()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("mine") == 4
    lines = [line for line in done.stdout.replace("mine", "").splitlines() if line]  # as they mix
    assert lines == ["Crosscheck's CPU device 5 a100", '["Crosscheck\'s CPU device"]']


def test_a_module_runs_its_tests(folder):
    for module in (["-m", "unittest", "test_fill"], ["-mpytest", "-q", folder / "test_fill.py"]):
        done = run(folder, *module, path=[folder])
        assert done.returncode == 0, done.stderr + done.stdout
        assert "OK" in done.stderr or "1 passed" in done.stdout


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "there is no script; expected SCRIPT or -m MODULE"),
        (["-m"], "there is no script; expected SCRIPT or -m MODULE"),
        (
            ["lesson.ipynb"],
            "lesson.ipynb is a notebook; expected a script, or -m jupyter nbconvert",
        ),
        (["no_such.py"], "no_such.py: no such script"),
        (["--seed", "-1", __file__], "seed is -1; expected 0 to"),
        (["--tool", "speed", __file__], "invalid choice: 'speed'"),
        (["--mma", "v100", __file__], "invalid choice: 'v100'"),
        (["--thread", "3", __file__], "thread is (3,); expected None without debug=True"),
        (["--debug", "--block", "1,x", __file__], "block is '1,x'; expected 1 to 3 integers"),
    ],
)
def test_a_wrong_command_is_named(folder, arguments, message):
    done = run(folder, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
