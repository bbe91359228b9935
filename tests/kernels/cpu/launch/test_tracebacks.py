"""A user's traceback has the user's frames, and none of the device's."""

import os
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit

ROOT = Path(__file__).resolve().parents[4]


@jit(sanitize=True)
def outside(x):
    x[cuda.grid(1)] = 1


@jit(sanitize=True)
def race(x):
    x[0] += 1


@jit(sanitize=True)
def early(x):
    if cuda.threadIdx.x:
        cuda.syncthreads()


@jit
def raises(x):
    if x[0] == 0:
        raise ZeroDivisionError


@jit
def does_not_compile(x):
    x.no_such_method()


LAUNCHES = [
    (lambda: outside[1, 8](np.zeros(4)), IndexError),
    (lambda: race[1, 8](np.zeros(4)), RuntimeError),
    (lambda: early[1, 8](np.zeros(4)), RuntimeError),
    (lambda: raises[1, 8](np.zeros(4)), ZeroDivisionError),
    (lambda: does_not_compile[1, 8](np.zeros(4)), Exception),
    (lambda: outside[1, 8](object()), TypeError),
    (lambda: outside[1, 8](), TypeError),
    (lambda: outside[0, 8](np.zeros(4)), ValueError),
    (lambda: outside[1, 4096](np.zeros(4)), ValueError),
]


@pytest.mark.parametrize("launch, error", LAUNCHES)
def test_a_plain_program_sees_its_own_frames_only(launch, error):
    with pytest.raises(error) as raised:
        launch()
    files = {frame.filename for frame in traceback.extract_tb(raised.value.__traceback__)}
    assert files == {__file__}


class Fails:
    def prepare_args(self, kind, value, stream, retr):
        raise LookupError("the extension's own")


def test_frames_of_what_the_device_calls_stay():
    kernel = jit(extensions=[Fails()])(outside.py_func)
    with pytest.raises(LookupError) as raised:
        kernel[1, 1](np.zeros(4))
    names = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert names == ["test_frames_of_what_the_device_calls_stay", "prepare_args"]


def test_a_variable_shows_all_frames(monkeypatch):
    monkeypatch.setenv("CROSSCHECK_TRACEBACK", "full")
    with pytest.raises(IndexError) as raised:
        outside[1, 8](np.zeros(4))
    files = [
        Path(frame.filename).name for frame in traceback.extract_tb(raised.value.__traceback__)
    ]
    assert files[:3] == [Path(__file__).name, "configured_kernel.py", "dispatcher.py"]


SCRIPT = """\
    import numpy as np
    from numba import cuda

    @cuda.jit
    def outside(x):
        x[cuda.grid(1)] = 1

    def launch():
        outside[1, 8](np.zeros(4))

    LAST
    """


@pytest.mark.parametrize("last", ["launch()", "cuda.device_array(-1)"])
@pytest.mark.parametrize("full", [False, True])
def test_a_script_that_is_run_shows_its_own_frames_only(tmp_path, last, full):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT).replace("LAST", last))
    done = subprocess.run(
        [sys.executable, "-m", "crosscheck.kernels.cpu", "--sanitize", script],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CROSSCHECK_TRACEBACK": "full" if full else ""},
    )
    files = [line for line in done.stderr.splitlines() if line.startswith('  File "')]
    assert done.returncode == 1 and len(files) >= 1
    assert all(str(script) in line for line in files) is not full
