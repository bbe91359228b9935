"""Gives a kernel and the device functions it calls a CPU's `cuda`, in copies of their own.

A device function's copy serves every kernel that means the same by it, so it is compiled once for
its argument types: with the kernels of this project that halves what numba has to compile.
"""

import enum
from collections import deque
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import numpy as np
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.errors import TypingError

from ..arguments.device_memory import captured_array
from ..functions.rebind import own_copy, rebind, references
from ..language.counterparts import counterpart, is_namespace
from ..language.threads.coordinates import Coordinates, LaneId
from ..options.tools import Instrumentation
from . import extensions
from .program import kernel_dispatcher

_MAX_COPIES = 8  # copies kept of a function; it may mean something else in every kernel

_copies: WeakKeyDictionary[FunctionType, deque[tuple[tuple, Any]]] = WeakKeyDictionary()
_shared: WeakSet[Dispatcher] = WeakSet()  # copies that other kernels may have, too

_NUMBERS = int, float, complex, np.generic
_CONSTANTS = *_NUMBERS, str, bytes, type(None), enum.Enum, np.dtype, Coordinates, LaneId


class _ModuleView(ModuleType):
    """A module as kernels see it: each attribute with a CPU's meaning."""

    def __init__(self, module: ModuleType, replace: Callable[[Any], Any]) -> None:
        super().__init__(module.__name__)
        self.__dict__["get"] = lambda name: replace(getattr(module, name))

    def __getattr__(self, name: str) -> Any:
        return self.__dict__["get"](name)


def _has_kernels_code(module: ModuleType) -> bool:
    """Say whether a kernel may take a device function of a module, or numba.cuda itself."""
    return not is_namespace(module) and module.__name__ not in ("math", "numpy", "operator")


def _is_callee(value: Any) -> bool:
    """Say whether kernels can call it: ours, numba-cuda's, or a function under numba's own njit."""
    return isinstance(getattr(value, "py_func", None), FunctionType)


def _check_open(callee: Any) -> None:
    """Refuse a host's function that was compiled for declared types, as numba-cuda does."""
    if isinstance(callee, Dispatcher) and not callee._can_compile:
        text = "using cpu function on device; it was compiled for declared types"
        raise TypingError(f"Untyped global name '{callee.__name__}': {text}")


def _flags(callee: Any) -> tuple:
    """Return what a device function's own decorator asked of numba."""
    options = getattr(callee, "options", None)
    return () if options is None else options.flags


def _dependencies(function: FunctionType) -> dict[str, Any]:
    """Return all that a function's code may depend on, by name."""
    return {**references(function), "()": function.__defaults__}


def _is_shareable(value: Any) -> bool:
    """Say whether a value is the same for every kernel that has it: no array, no user's object."""
    if isinstance(value, tuple):
        return all(map(_is_shareable, value))
    if isinstance(value, Dispatcher):
        return value in _shared
    if isinstance(value, (_ModuleView, np.void)):
        return False
    return callable(value) or isinstance(value, (ModuleType, *_CONSTANTS))


def _is_equivalent(new: Any, old: Any) -> bool:
    """Say whether two copies of a function have the same code, and refer to the same things."""
    ours, theirs = _dependencies(new.py_func), _dependencies(old.py_func)
    return (
        new.py_func.__code__ is old.py_func.__code__
        and ours.keys() == theirs.keys()
        and all(ours[n] is theirs[n] or ours[n] is new and theirs[n] is old for n in ours)
    )


def _shared_copy(function: FunctionType, options: tuple, new: Any) -> Any:
    """Return the copy that another kernel has already, or this one, which is kept if it may be."""
    known = _copies.setdefault(function, deque(maxlen=_MAX_COPIES))
    for meant, old in known:
        if meant == options and _is_equivalent(new, old):
            return old
    if all(value is new or _is_shareable(value) for value in _dependencies(new.py_func).values()):
        known.append((options, new))
        _shared.add(new)
    return new


@global_compiler_lock
def for_cpu(function: Callable, instrumentation: Instrumentation, flags: tuple) -> Callable:
    """Return the kernel with the look-alike `cuda`, and with copies of what it calls.

    `flags` are numba's options that differ from program.py's.
    """
    copies: dict[int, Any] = {}

    def copy(value: Any) -> Any:
        _check_open(value)
        options = instrumentation, (*flags, *_flags(value)), getattr(value, "declared", ())
        own = own_copy(value.py_func)
        copies[id(value)] = dispatcher = kernel_dispatcher(own, *options)
        rebind(own, replace)  # it may refer to itself
        return _shared_copy(value.py_func, (*options, extensions.registered()), dispatcher)

    def replace(value: Any) -> Any:
        if _is_callee(value):
            if id(value) not in copies:
                copies[id(value)] = copy(value)
            return copies[id(value)]
        own = counterpart(captured_array(value))
        if own is value and isinstance(value, ModuleType) and _has_kernels_code(value):
            if id(value) not in copies:
                copies[id(value)] = _ModuleView(value, replace)
            return copies[id(value)]
        return own

    return rebind(own_copy(function), replace)
