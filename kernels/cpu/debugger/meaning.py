"""What the names in a kernel mean in plain Python: a copy of the kernel refers to it.

The copy has the code object of the kernel, so a debugger finds its source. Device functions and
njit functions get copies, too, and modules a view, since they may hold some.
"""

import builtins as python_builtins
import math
import pdb
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import literal_unroll
from numba.core import types
from numba.core.extending import _Intrinsic

from ..arguments.device_memory import kernel_argument
from ..functions.rebind import own_copy, rebind
from ..language import vectors
from ..language.counterparts import counterpart
from ..language.memory import async_copies, pointers
from ..language.namespace import cuda
from ..language.threads.coordinates import LaneId
from . import atomics, barriers, coordinates, memory, warps
from .breakpoints import set_trace
from .builtins import MEANINGS as BUILTINS
from .compiled import compiled, dtype_of
from .numbers import CLASSES as NUMBERS
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
    pairs += [(vectors.MEMBERS[name], cls) for name, cls in VECTORS.items()]
    functions = ((name, each) for name, each in vars(math).items() if callable(each))
    pairs += [(each, compiled(f"math.{name}", each)) for name, each in functions]
    pairs += NUMBERS.items()
    pairs += [(getattr(python_builtins, name), value) for name, value in BUILTINS.items()]
    pairs += [(pdb.set_trace, set_trace), (literal_unroll, lambda items: items)]
    pairs += [(each, lambda *_: None) for each in async_copies.SANITIZED]
    pairs += [(pointers.array_at, memory.array_at)]
    return {id(key): value for key, value in pairs}


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
    if isinstance(value, _Intrinsic):  # of numbers: the namespace's, or the user's own
        own = getattr(value, "in_python", None)
        return in_python(own) if own else compiled(value.__name__, value)
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
    if hasattr(kind, "in_python"):  # a type of the user's own
        return kind.in_python
    try:
        dtype = dtype_of(kind)
    except NotImplementedError:
        return kind
    return dtype if isinstance(kind, types.Record) else NUMBERS.get(dtype.type, dtype.type)


def with_wide_floats(code: CodeType) -> CodeType:
    """Return the code with its constant floats as np.float64.

    Beside a float32, a float of Python's is a float32, and one in compiled code a float64.
    """

    def widened(constant: Any) -> Any:
        if isinstance(constant, tuple):
            return tuple(map(widened, constant))
        if isinstance(constant, CodeType):
            return with_wide_floats(constant)
        return np.float64(constant) if type(constant) is float else constant

    return code.replace(co_consts=tuple(map(widened, code.co_consts)))


def in_python(function: FunctionType) -> FunctionType:
    """Return the copy of a kernel, or of a function that kernels call, to run in plain Python."""
    if function not in _copies:
        _copies[function] = copy = own_copy(function)  # it may refer to itself
        rebind(copy, meaning)
        copy.__code__ = with_wide_floats(copy.__code__)
        for name, value in function.__globals__.items():  # which a debugger may ask for
            copy.__globals__.setdefault(name, value)
        for name, value in BUILTINS.items():
            copy.__globals__.setdefault(name, value)
    return _copies[function]
