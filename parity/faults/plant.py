"""Plant a fault: change one place in a kernel's source for a while.

The changed source is compiled, and its code objects replace those of the module's functions. The
functions themselves stay the same objects, so that every module that imported one has the fault.
"""

import importlib
import inspect
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crosscheck.kernels.launch import DeviceFunction, Kernel
from crosscheck.kernels.operator import Operator


@dataclass(frozen=True)
class Fault:
    """`what` is wrong: in the source of `module`, the first `right` becomes `wrong`.

    The case `case` of operator `op` in the suite "quick" must fail then: with `algorithm`, if
    one is named; with `sanitize`, under the sanitizer, where the CPU device gives right numbers.
    """

    what: str
    module: str
    right: str
    wrong: str
    op: str
    case: str
    algorithm: str | None = None
    sanitize: bool = False


def changed_source(fault: Fault) -> str:
    """Return the module's source with the fault. Raises ValueError if it has no such place."""
    source = inspect.getsource(importlib.import_module(fault.module))
    if fault.right not in source:
        raise ValueError(f"{fault.what}: {fault.module} has no such place as {fault.right!r}")
    return source.replace(fault.right, fault.wrong, 1)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Run a `with` block with the fault planted."""
    module = importlib.import_module(fault.module)
    code = compile(changed_source(fault), module.__file__, "exec")
    wrong = {each.co_qualname: each for each in _code_objects(code)}
    functions = [f for f in _functions(module) if f.__code__.co_qualname in wrong]
    right = [function.__code__ for function in functions]
    if all(own == wrong[own.co_qualname] for own in right):
        raise ValueError(f"{fault.what}: the change in {fault.module} changes no function")
    for function in functions:
        function.__code__ = wrong[function.__code__.co_qualname]
    _forget_compiled()
    try:
        yield
    finally:
        for function, own in zip(functions, right, strict=True):
            function.__code__ = own
        _forget_compiled()


def _code_objects(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code_objects(constant)


def _functions(module: types.ModuleType) -> Iterator[types.FunctionType]:
    """Yield the functions a module defines: plain ones, kernels' bodies, methods, properties."""
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield from filter(None, map(_function, vars(value).values()))
        function = _function(value)
        if function is not None and function.__module__ == module.__name__:
            yield function


def _function(value: object) -> types.FunctionType | None:
    for inside in ("py_func", "fget", "__wrapped__"):  # a kernel, a property, a cached function
        value = getattr(value, inside, None) or value
    return value if isinstance(value, types.FunctionType) else None


def _forget_compiled() -> None:
    """Forget all compiled kernels, those that a cached function built, and what is known of calls:
    any of them may come from the changed function.
    """
    ours = [
        module for name, module in sys.modules.items() if name.startswith("crosscheck.kernels.")
    ]
    for value in [value for module in ours for value in vars(module).values()]:
        if isinstance(value, (Kernel, DeviceFunction, Operator)):
            value.forget()
        elif hasattr(type(value), "cache_clear"):
            value.cache_clear()
