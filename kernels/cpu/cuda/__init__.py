"""The stand-in for `numba.cuda`: its names for the host and for kernels, on the CPU device.

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
Its modules have numba.cuda's names. What has no meaning on a CPU raises an error that names it
(unsupported.py).
"""

# ruff: noqa: F401  it is a namespace

import importlib as _importlib
import sys as _sys

from numba import literal_unroll
from numba.core import config, types
from numba.core.types import *  # noqa: F403  cuda.float32 is numba's own type

from ..language import namespace as _namespace
from ..language.threads import coordinates as _coordinates
from ..launch.decorator import jit
from . import aliases as _aliases
from . import modules as _modules
from . import unsupported as _unsupported
from .api import *  # noqa: F403
from .args import In, InOut, Out
from .cudadrv import devicearray, devices, driver
from .cudadrv.devices import MemoryInfo
from .cudadrv.error import CudaSupportError
from .cudadrv.linkable_code import (
    LTOIR,
    Archive,
    Cubin,
    CUSource,
    Fatbin,
    LinkableCode,
    Object,
    PTXSource,
)
from .cudadrv.memory import MemoryPointer
from .errors import KernelRuntimeError
from .external import declare_device
from .kernels.reduction import Reduce
from .vectorizers import guvectorize, vectorize

HAS_NUMBA = True
implementation = "Crosscheck's CPU device"
reduce = Reduce

globals().update(
    (name, member) for name, member in vars(_namespace.cuda).items() if not name.startswith("__")
)
_coordinates.type_lane_id(_sys.modules[__name__])
_modules.register()


def is_available() -> bool:
    """Return True: the CPU device is always there."""
    return True


def is_supported_version() -> bool:
    """Return True."""
    return True


def cuda_error() -> None:
    """Return None: there is no error."""


def __getattr__(name: str):
    module = _aliases.resolve(name)
    return _unsupported.name(name) if module is None else _importlib.import_module(module)
