"""What the names in a kernel mean in plain Python: a copy of the kernel refers to it.

The copy has the code object of the kernel, so a debugger finds its source. Device functions and
njit functions get copies, too, and modules a view, since they may hold some.
"""

import builtins as python_builtins
import math
import pdb
from types import FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import literal_unroll
from numba.core import types
from numba.np.numpy_support import as_dtype

from ..arguments.device_memory import kernel_argument
from ..functions.rebind import own_copy, rebind
from ..language import vectors
from ..language.counterparts import counterpart
from ..language.namespace import cuda
from ..language.sixteen_bit_floats.bfloat16 import Bfloat16
from ..language.threads.coordinates import LaneId
from . import atomics, barriers, coordinates, memory, warps
from .breakpoints import set_trace
from .builtins import MEANINGS as BUILTINS
from .compiled import compiled
from .vectors import CLASSES as VECTORS

_CUDA = {
    "threadIdx": coordinates.THREAD_IDX,
    "blockIdx": coordinates.BLOCK_IDX,
    "blockDim": coordinates.BLOCK_DIM,
    "gridDim": coordinates.GRID_DIM,
    "grid": coordinates.grid,
    "gridsize": coordinates.gridsize,
    "lanemask_lt": coordinates.lanemask_lt,
    **barriers.MEMBERS,
    **warps.MEMBERS,
    **{name: memory.load for name in ("ldca", "ldcg", "ldcs", "ldlu")},
    **{name: memory.store for name in ("stcg", "stcs", "stwb", "stwt")},
    "ldcv": memory.load_volatile,
}
_BELOW = {
    "shared": {"array": memory.shared_array},
    "local": {"array": memory.local_array},
    "const": {"array_like": memory.constant_array_like},
    "atomic": atomics.MEMBERS,
    "cg": {"this_grid": barriers.GridGroup},
}
_OF_NUMBERS = ("popc", "brev", "clz", "ffs", "fma", "cbrt", "selp")
_copies: WeakKeyDictionary[FunctionType, FunctionType] = WeakKeyDictionary()


class _View(ModuleType):
    """A module as a kernel sees it: each attribute is what it means here."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_module"], name)
        return coordinates.lane_id() if isinstance(found, LaneId) else meaning(found)


def _by_id() -> dict[int, Any]:
    """Return what replaces members of our namespace and functions of Python, by their id."""
    pairs = [(getattr(cuda, name), value) for name, value in _CUDA.items()]
    for below, members in _BELOW.items():
        pairs += [(getattr(vars(cuda)[below], name), value) for name, value in members.items()]
    pairs += [(member, VECTORS[str(name)]) for name, member in _constructors()]
    of_numbers = {name: getattr(cuda, name) for name in _OF_NUMBERS}
    for below in ("libdevice", "fp16", "bf16"):
        members = vars(vars(cuda)[below]).items()
        of_numbers |= {f"{below}.{name}": each for name, each in members if callable(each)}
    of_numbers |= {f"math.{name}": each for name, each in vars(math).items() if callable(each)}
    pairs += [
        (each, compiled(name, each))
        for name, each in of_numbers.items()
        if not isinstance(each, (types.Type, type))
    ]
    pairs += [(getattr(python_builtins, name), value) for name, value in BUILTINS.items()]
    pairs += [(pdb.set_trace, set_trace), (literal_unroll, lambda items: items)]
    return {id(key): value for key, value in pairs}


def _constructors() -> list[tuple[str, Any]]:
    return [(name, vectors.MEMBERS[name]) for name in vectors.VECTOR_TYPES]


_MEANINGS = _by_id()


def meaning(value: Any) -> Any:
    """Return what the value of a kernel's name stands for."""
    value = counterpart(value)
    if id(value) in _MEANINGS:
        return _MEANINGS[id(value)]
    if isinstance(value, ModuleType):
        return _View(value)
    if isinstance(value, types.Type):
        return _class(value)
    if isinstance(getattr(value, "py_func", None), FunctionType):  # under jit, cuda.jit or njit
        return in_python(value.py_func)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(meaning, value))
    if isinstance(value, np.ndarray):
        return memory.read_only(value)
    if hasattr(value, "__cuda_array_interface__") and not isinstance(value, type):
        return kernel_argument(value, [])
    return value


def _class(kind: types.Type) -> Any:
    """Return the class of a type's numbers: what converts to it, and stands for its dtype."""
    if isinstance(kind, vectors.VectorType):
        return VECTORS[kind.name]
    if isinstance(kind, Bfloat16):
        import ml_dtypes  # NumPy's bfloat16; arrays of them come from there

        return ml_dtypes.bfloat16
    if hasattr(kind, "in_python"):  # a type of the user's own
        return kind.in_python
    try:
        dtype = as_dtype(kind)
    except NotImplementedError:
        return kind
    return dtype if isinstance(kind, types.Record) else dtype.type


def in_python(function: FunctionType) -> FunctionType:
    """Return the copy of a kernel, or of a function that kernels call, to run in plain Python."""
    if function not in _copies:
        _copies[function] = copy = own_copy(function)  # it may refer to itself
        rebind(copy, meaning)
        for name, value in function.__globals__.items():  # which a debugger may ask for
            copy.__globals__.setdefault(name, value)
        for name, value in BUILTINS.items():
            copy.__globals__.setdefault(name, value)
    return _copies[function]
