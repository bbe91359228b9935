"""Compiled kernels on disk, so that a second process compiles nothing.

A program is found again by a hash of all it was made from: the bytecode and constants of the kernel
and of every function it reaches, what numba was taught by others, the argument types, the mode, the
CPU, the versions of Python, numba and llvmlite, and the source of this package. A changed device
function in another file is thus a different program, where numba's own cache would serve the old
one.

A kernel that refers to something this cannot describe is compiled anew in each process.

Files lie in $CROSSCHECK_CACHE, or crosscheck/ under $XDG_CACHE_HOME or ~/.cache; deleting them is
safe. A folder that cannot be written, or a damaged file, costs a compilation, never an error.
"""

import contextlib
import enum
import hashlib
import os
import pickle
import re
import sys
import tempfile
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
from .program import Program

_FILE = re.compile(r"[0-9a-f]{32}(\..*)?")  # a program, and one that is being written


class Statistics:
    """How many programs this process compiled, and how many it found on disk."""

    compiled = 0
    loaded = 0


def folder() -> Path:
    """Return where programs are kept. Raises RuntimeError where there is no home."""
    own = os.environ.get("CROSSCHECK_CACHE")
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(home) if home else Path.home() / ".cache") / "crosscheck"


class _Unknown(Exception):
    """Something whose value cannot be told from its description."""


@cache
def _surroundings() -> bytes:
    """Hash what every program depends on."""
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
    host = package / "cuda"  # what compiles nothing; its device functions are described as others
    for source in sorted(package.rglob("*.py")):
        if not source.is_relative_to(host):
            digest.update(source.read_bytes())
    return digest.digest()


def _describe(value: Any, seen: dict[int, int], names: set[str]) -> Any:
    """Turn what a kernel refers to into nested tuples that repr() tells apart.

    `names` are the attributes that the referring function may take of a module.
    """
    function = value if isinstance(value, types.FunctionType) else getattr(value, "py_func", None)
    if isinstance(function, types.FunctionType):
        options = repr(sorted(getattr(value, "targetoptions", {}).items(), key=str))
        declared = str(getattr(value, "declared", ()))
        return ("function", options, declared, _describe_function(function, seen))
    if isinstance(value, enum.EnumMeta):
        return ("enum", value.__qualname__, [repr(member) for member in value])
    if isinstance(value, np.ndarray):  # its repr() would be cut short
        return ("array", str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, (tuple, list)):
        return tuple(_describe(item, seen, names) for item in value)
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
        raise _Unknown(text)
    return (type(value).__qualname__, text)


def _is_fixed(module: types.ModuleType) -> bool:
    """Say whether a version or a hash vouches for it: a library, or the look-alike `cuda`."""
    return module.__name__.split(".")[0] in ("cuda", "math", "numpy", "numba", "operator")


def _may_change(value: Any) -> bool:
    """Say whether a module's attribute can decide what a kernel computes, and can be edited."""
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
    lines = Path(code.co_filename).name, code.co_firstlineno, code.co_linetable  # errors name them
    counts = code.co_flags, code.co_argcount, code.co_kwonlyargcount
    names = code.co_names, code.co_varnames, code.co_freevars
    return (code.co_code, constants, names, counts, lines)


def key(
    function: types.FunctionType,
    argument_types: tuple,
    instrumentation: Instrumentation,
    apart: bool,
    flags: tuple = (),
) -> str:
    """Return the hash that names the program; "" where no hash can vouch for it."""
    try:
        description = _describe_function(function, {})
        taught = sorted(
            {repr((what, _describe_function(made, {}))) for what, made in extensions.taught()}
        )
    except _Unknown:
        return ""
    kinds = [(str(kind), getattr(kind, "fields", ())) for kind in argument_types]
    text = repr((description, taught, kinds, int(instrumentation), apart, flags))
    return hashlib.sha256(_surroundings() + text.encode()).hexdigest()[:32]


def fingerprint(function: types.FunctionType) -> str:
    """Return a hash of the function and all it refers to; "" where no hash can vouch for it."""
    try:
        description = _describe_function(function, {})
    except _Unknown:
        return ""
    return hashlib.sha256(repr(description).encode()).hexdigest()


def files() -> list[Path]:
    """Return the programs on disk, and what an interrupted process left of them."""
    try:
        return [path for path in folder().iterdir() if _FILE.fullmatch(path.name)]
    except OSError:  # no such folder yet
        return []


def find(name: str) -> Any:
    """Return the program of this key from disk, None when it is not there or not whole."""
    try:
        content = (folder() / name).read_bytes() if name else b""
        digest, pickled = content[:32], content[32:]
        if hashlib.sha256(pickled).digest() != digest:
            return None
        program = pickle.loads(pickled)
    except Exception:  # whatever is wrong with a file, the program can be compiled
        return None
    Statistics.loaded += 1
    return program


def keep(name: str, program: Program) -> None:
    """Write the program to disk; whole or not at all, whoever else writes it now."""
    Statistics.compiled += 1
    if not name:
        return
    pickled = pickle.dumps(program)
    with contextlib.suppress(OSError, RuntimeError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=f"{name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(pickled).digest() + pickled)
        os.replace(temporary, folder() / name)
