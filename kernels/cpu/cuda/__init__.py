"""What stands in for `numba.cuda`: its names for the host and for kernels, on the CPU device.

    from crosscheck.kernels.cpu import cuda  # instead of: from numba import cuda

    @cuda.jit
    def scale(x, factor):
        i = cuda.grid(1)
        if i < x.size:
            x[i] *= factor

    d = cuda.to_device(x)
    scale.forall(x.size)(d, 2)
    d.copy_to_host(x)

`python -m crosscheck.kernels.cpu SCRIPT` puts it in numba.cuda's place for a script (install.py).
Modules are named as numba.cuda's are. What a CPU cannot mean raises an error that names it
(absent.py).
"""

# ruff: noqa: F401  a namespace is what it is for

import importlib as _importlib
import sys as _sys

from numba import literal_unroll
from numba.core import config, types
from numba.core.types import *  # noqa: F403  cuda.float32 is numba's own type

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.cuda import absent as _absent
from crosscheck.kernels.cpu.cuda import aliases as _aliases
from crosscheck.kernels.cpu.cuda.api import *  # noqa: F403
from crosscheck.kernels.cpu.cuda.args import In, InOut, Out
from crosscheck.kernels.cpu.cuda.cudadrv import devicearray, devices, driver
from crosscheck.kernels.cpu.cuda.cudadrv.error import CudaSupportError
from crosscheck.kernels.cpu.cuda.cudadrv.linkable_code import (
    LTOIR,
    Archive,
    Cubin,
    CUSource,
    Fatbin,
    LinkableCode,
    Object,
    PTXSource,
)
from crosscheck.kernels.cpu.cuda.cudadrv.memory import MemoryPointer
from crosscheck.kernels.cpu.cuda.errors import KernelRuntimeError
from crosscheck.kernels.cpu.cuda.external import declare_device
from crosscheck.kernels.cpu.cuda.kernels.reduction import Reduce
from crosscheck.kernels.cpu.cuda.vectorizers import guvectorize, vectorize
from crosscheck.kernels.cpu.language import coordinates as _coordinates
from crosscheck.kernels.cpu.language import lookalike as _lookalike

HAS_NUMBA = True
implementation = "Crosscheck's CPU device"
reduce = Reduce

globals().update(
    (name, member) for name, member in vars(_lookalike.cuda).items() if not name.startswith("__")
)
_coordinates.type_lane_id(_sys.modules[__name__])


def is_available() -> bool:
    """Say yes: the CPU device is always there."""
    return True


def is_supported_version() -> bool:
    """Say yes."""
    return True


def cuda_error() -> None:
    """Return None: nothing went wrong."""


def __getattr__(name: str):
    numbas = _aliases.target(name)
    return _absent.find(name) if numbas is None else _importlib.import_module(numbas)
