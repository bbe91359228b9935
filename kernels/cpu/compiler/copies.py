"""Copies of a kernel and its device functions in which `cuda` is the CPU device's.

Kernels share the copy of a device function if it refers to the same things in each of them. Then it
is compiled once for its argument types: for the kernels of this project that halves compile time.
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

_MAX_COPIES = 8  # kept of a function, which may refer to other things in every kernel

_copies: WeakKeyDictionary[FunctionType, deque[tuple[tuple, Any]]] = WeakKeyDictionary()
_shared: WeakSet[Dispatcher] = WeakSet()  # copies that several kernels may use

_NUMBERS = int, float, complex, np.generic
_CONSTANTS = *_NUMBERS, str, bytes, type(None), enum.Enum, np.dtype, Coordinates, LaneId


class _ModuleView(ModuleType):
    """A module as kernels see it: each attribute replaced by its counterpart on the CPU."""

    def __init__(self, module: ModuleType, replace: Callable[[Any], Any]) -> None:
        super().__init__(module.__name__)
        self.__dict__["get"] = lambda name: replace(getattr(module, name))

    def __getattr__(self, name: str) -> Any:
        return self.__dict__["get"](name)


def _has_kernels_code(module: ModuleType) -> bool:
    """Return whether a module may hold device functions, or is numba.cuda itself."""
    return not is_namespace(module) and module.__name__ not in ("math", "numpy", "operator")


def _is_callee(value: Any) -> bool:
    """Return whether kernels can call it: a function under jit, cuda.jit or njit."""
    return isinstance(getattr(value, "py_func", None), FunctionType)


def _check_open(callee: Any) -> None:
    """Refuse an njit function that was compiled for declared types, as numba-cuda does."""
    if isinstance(callee, Dispatcher) and not callee._can_compile:
        text = "using cpu function on device; it was compiled for declared types"
        raise TypingError(f"Untyped global name '{callee.__name__}': {text}")


def _flags(callee: Any) -> tuple:
    """Return the options for numba that a device function's own decorator was given."""
    options = getattr(callee, "options", None)
    return () if options is None else options.flags


def _dependencies(function: FunctionType) -> dict[str, Any]:
    """Return everything a function's code may depend on, by name."""
    return {**references(function), "()": function.__defaults__}


def _is_shareable(value: Any) -> bool:
    """Return whether a value is the same in every kernel: no array, and no object of the user's."""
    if isinstance(value, tuple):
        return all(map(_is_shareable, value))
    if isinstance(value, Dispatcher):
        return value in _shared
    if isinstance(value, (_ModuleView, np.void)):
        return False
    return callable(value) or isinstance(value, (ModuleType, *_CONSTANTS))


def _is_equivalent(new: Any, old: Any) -> bool:
    """Return whether two copies of a function have the same code and refer to the same things."""
    ours, theirs = _dependencies(new.py_func), _dependencies(old.py_func)
    return (
        new.py_func.__code__ is old.py_func.__code__
        and ours.keys() == theirs.keys()
        and all(ours[n] is theirs[n] or ours[n] is new and theirs[n] is old for n in ours)
    )


def _shared_copy(function: FunctionType, options: tuple, new: Any) -> Any:
    """Return an equivalent copy of another kernel's, or the new one, which is kept if shareable."""
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
    """Return a copy of the kernel with the CPU device's `cuda`, and copies of what it calls.

    `flags` are options for numba, which take precedence over those in program.py.
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
