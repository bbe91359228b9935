"""The stand-in in numba.cuda's place: names, modules, overloads; with numba-cuda and without."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]

WITHOUT_NUMBA_CUDA = """
    import sys
    sys.meta_path[:] = [f for f in sys.meta_path if "redirector" not in type(f).__module__]
    for name in ("numba_cuda", "cuda", "_numba_cuda_redirector"):
        sys.modules[name] = None
"""

NAMES = """
    from crosscheck.kernels.cpu.cuda.install import install
    install()

    import numba, sys
    import numpy as np
    from numba import cuda, types
    import numba.cuda.cudadrv.devicearray, numba.cuda.random
    from numba.cuda import cgutils, compiler, float32, grid, syncthreads
    from numba.cuda import types as cuda_types
    from numba.cuda.bf16 import bfloat16, hadd as bfloat16_sum
    from numba.cuda.cache_hints import ldca
    from numba.cuda.cg import this_grid
    from numba.cuda.compiler import compile_ptx, run_frontend
    from numba.cuda.core import config, errors
    from numba.cuda.core.options import ParallelOptions
    from numba.cuda.cudadrv import driver, nvvm
    from numba.cuda.dispatcher import CUDADispatcher
    from numba.cuda.flags import Flags
    from numba.cuda.fp16 import hadd as half_sum
    from numba.cuda.libdevice import sincos
    from numba.cuda.np import numpy_support
    from numba.cuda.tests.support import captured_stdout
    from numba.cuda.stubs import blockDim, threadIdx
    from numba.cuda.types import bfloat16 as bfloat16_type
    from numba.cuda.types.cuda_scalars import Float
    from numba.cuda._internal.cuda_bf16 import nv_bfloat16
    from numba.cuda.typing import signature
    from numba.extending import overload
    from numba.cuda.extending import overload as cuda_overload, overload_attribute

    assert cuda.implementation == "Crosscheck's CPU device"
    assert numba.cuda is cuda is sys.modules["numba.cuda"]
    assert numba.cuda.random is sys.modules["crosscheck.kernels.cpu.cuda.random"]
    assert cuda_types is types and float32 is types.float32 and errors is numba.core.errors
    assert errors.__spec__.name == "numba.core.errors"
    assert bfloat16 is bfloat16_type is nv_bfloat16 is cuda.bfloat16
    assert bfloat16_sum is cuda.bf16.hadd and half_sum is cuda.fp16.hadd
    assert ldca is cuda.ldca and this_grid is cuda.cg.this_grid
    assert blockDim is cuda.blockDim and threadIdx is cuda.threadIdx
    assert sincos is cuda.libdevice.sincos and cuda.is_bfloat16_supported()
    assert Float is types.Float and run_frontend(lambda x: x).arg_count == 1
    assert ParallelOptions(False) == Flags().auto_parallel
    for refused in (compile_ptx, nvvm.compile_ir, cuda.open_ipc_array):
        try:
            refused()
        except NotImplementedError as error:
            print(error)
    try:
        import numba.cuda.nowhere
    except ModuleNotFoundError as error:
        print(error)

    def twice(x): ...
    def thrice(x): ...
    overload(twice, target="cuda")(lambda x: lambda x: 2 * x)
    cuda_overload(thrice)(lambda x: lambda x: 3 * x)

    @cuda.jit
    def kernel(out):
        out[0], out[1] = twice(5), thrice(5)

    assert isinstance(kernel, CUDADispatcher) and not isinstance(twice, CUDADispatcher)

    out = np.zeros(2)
    kernel[1, 1](out)
    print(out.tolist())
"""


@pytest.mark.parametrize("before", ["", WITHOUT_NUMBA_CUDA, "import numba.cuda"])
def test_everything_resolves_to_the_stand_in(before):
    code = textwrap.dedent(before) + "\n" + textwrap.dedent(NAMES)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "cuda.compiler.compile_ptx: the CPU device makes no PTX",
        "cuda.cudadrv.nvvm.compile_ir: the CPU device makes no PTX",
        "cuda.open_ipc_array: the CPU device shares no memory with other processes",
        "No module named 'numba.cuda.nowhere'",
        "[10.0, 15.0]",
    ]
