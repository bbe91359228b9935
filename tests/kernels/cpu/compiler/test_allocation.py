"""Arrays created in kernels: refused by default, as in numba-cuda; else numba's, and freed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import cuda
from numba.core import config
from numba.core.errors import TypingError

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.compiler.cache import Statistics

SCRIPT = """
import numpy as np
from numba import config, cuda
config.NRT_STATS = True
from numba.core.runtime import rtsys

@cuda.jit
def kernel(out):
    twice = np.ones(1000) * 2
    cuda.syncthreads()
    out[cuda.threadIdx.x] = twice.sum()

out = np.zeros(64)
kernel[1, 64](out)
stats = rtsys.get_allocation_stats()
print(out.min(), stats.alloc > 64, stats.alloc == stats.free)
"""


@jit(device=True)
def scaled(x, factor):
    return x * factor


def kernel_of_arrays():
    @jit
    def kernel(x, out):
        t = cuda.threadIdx.x
        own = scaled(x, t) + np.ones(4)
        cuda.syncthreads()
        out[t] = own.sum() + np.max(own.copy())

    return kernel


def test_they_are_numbas_where_allowed_and_work_in_programs_from_disk(monkeypatch):
    x, out = np.arange(4.0), np.zeros(32)
    with pytest.raises(TypingError):
        kernel_of_arrays()[1, 32](x, out)
    monkeypatch.setattr(config, "CUDA_ENABLE_NRT", True, raising=False)
    for _ in range(2):
        kernel_of_arrays()[1, 32](x, out)
        assert out.tolist() == [9 * t + 5 for t in range(32)]
    compiled = Statistics.compiled
    kernel_of_arrays()[1, 32](x, out)
    assert Statistics.compiled == compiled


def test_nothing_leaks_and_a_variable_allows_it(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "crosscheck.kernels.cpu", str(tmp_path / "script.py")],
        cwd=Path(__file__).resolve().parents[4],
        env={**os.environ, "NUMBA_CUDA_ENABLE_NRT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == ["2000.0", "True", "True"], done.stderr
