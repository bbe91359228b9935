"""The cache key of a program: a hash of everything it is compiled from.

That is the bytecode and the constants of the kernel and of every function it reaches, the
extensions that the user registered with numba, the argument types, the mode, the processor, the
versions of Python, numba and llvmlite, and the source of this package. So a change to a device
function in another file changes the key, where numba's own cache would load the old program.
"""

import dataclasses
import enum
import hashlib
import os
import sys
import types
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numba
import numpy as np

from ..functions.rebind import attributes, references
from ..options.tools import Instrumentation
from . import extensions


class _Indescribable(Exception):
    """A value whose description does not determine it."""


class _Lines(tuple):
    """Where code stands in which file. Errors name it; no instruction depends on it."""


def key(
    function: types.FunctionType,
    argument_types: tuple,
    instrumentation: Instrumentation,
    fiber_per_thread: bool,
    flags: tuple = (),
) -> str:
    """Return the cache key, "" where the function refers to something that cannot be described."""
    try:
        description = _describe_function(function, {})
        registered = sorted(
            {repr((what, _describe_function(own, {}))) for what, own in extensions.registered()}
        )
    except _Indescribable:
        return ""
    kinds = [(str(kind), getattr(kind, "fields", ())) for kind in argument_types]
    variant = int(instrumentation), fiber_per_thread, flags
    text = repr((description, registered, kinds, *variant))
    return hashlib.sha256(_environment() + text.encode()).hexdigest()[:32]


def fingerprint(function: types.FunctionType) -> str:
    """Return a hash of a function and all it refers to, "" where that cannot be described.

    It does not change where only lines move: what a compiler makes of it stays the same.
    """
    try:
        description = _without_lines(_describe_function(function, {}))
    except _Indescribable:
        return ""
    return hashlib.sha256(repr(description).encode()).hexdigest()


@cache
def _environment() -> bytes:
    """Return a hash of what every program depends on."""
    digest = hashlib.sha256()
    facts = (
        __package__,
        sys.version,
        numba.__version__,
        np.__version__,
        llvmlite.__version__,
        sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_")),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    )
    digest.update(repr(facts).encode())
    package = Path(__file__).parents[1]
    host = package / "cuda"  # compiles nothing; its device functions are described like a user's
    for source in sorted(package.rglob("*.py")):
        if not source.is_relative_to(host):
            digest.update(source.read_bytes())
    return digest.digest()


def _describe(value: Any, seen: dict[int, int], names: set[str]) -> Any:
    """Return nested tuples whose repr() determines a value that a kernel refers to.

    `names` are the attributes of a module that the referring function may use.
    """
    function = value if isinstance(value, types.FunctionType) else getattr(value, "py_func", None)
    if isinstance(function, types.FunctionType):
        options = repr(sorted(getattr(value, "targetoptions", {}).items(), key=str))
        declared = str(getattr(value, "declared", ()))
        return ("function", options, declared, _describe_function(function, seen))
    if isinstance(value, enum.EnumMeta):
        return ("enum", value.__qualname__, [repr(member) for member in value])
    if isinstance(value, np.ndarray):  # repr() would shorten it
        return ("array", str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, (tuple, list)):
        return tuple(_describe(item, seen, names) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (getattr(value, each.name) for each in dataclasses.fields(value))
        return (type(value).__qualname__, [_describe(item, seen, names) for item in fields])
    if isinstance(value, types.ModuleType):
        used = [] if _is_fixed(value) else sorted(name for name in names if hasattr(value, name))
        found = ((name, getattr(value, name)) for name in used)
        described = [(n, _describe(item, seen, names)) for n, item in found if _may_change(item)]
        return (value.__name__, described)
    intrinsic = getattr(value, "_defn", None)
    if isinstance(intrinsic, types.FunctionType):
        name = intrinsic.__module__, intrinsic.__qualname__  # one body may serve several
        return ("intrinsic", name, _describe_code(intrinsic.__code__))
    text = repr(value)
    if " at 0x" in text and not isinstance(value, types.BuiltinFunctionType):
        raise _Indescribable(text)
    return (type(value).__qualname__, text)


def _is_fixed(module: types.ModuleType) -> bool:
    """Return whether the key holds the module's version anyway: a library, or our `cuda`."""
    return module.__name__.split(".")[0] in ("cuda", "math", "numpy", "numba", "operator")


def _may_change(value: Any) -> bool:
    """Return whether a module's attribute can affect a kernel's result, and can be edited."""
    data = (int, float, complex, str, tuple, list, np.ndarray, np.generic, types.ModuleType)
    return isinstance(value, data) or hasattr(value, "py_func")


def _describe_function(function: Any, seen: dict[int, int]) -> tuple:
    if id(function) in seen:
        return ("again", seen[id(function)])
    seen[id(function)] = len(seen)
    names = attributes(function)
    used = references(function).items()
    return (
        function.__module__,
        function.__qualname__,
        _describe_code(function.__code__),
        _describe(function.__defaults__, seen, names),
        tuple((name, _describe(item, seen, names)) for name, item in used),
    )


def _describe_code(code: types.CodeType) -> tuple:
    constants = tuple(
        _describe_code(item) if isinstance(item, types.CodeType) else repr(item)
        for item in code.co_consts
    )
    lines = _Lines((Path(code.co_filename).name, code.co_firstlineno, code.co_linetable))
    counts = code.co_flags, code.co_argcount, code.co_kwonlyargcount
    names = code.co_names, code.co_varnames, code.co_freevars
    return (code.co_code, constants, names, counts, lines)


def _without_lines(description: Any) -> Any:
    if not isinstance(description, (tuple, list)):
        return description
    return tuple(_without_lines(item) for item in description if not isinstance(item, _Lines))
