"""Compiled kernels on disk, so that a second process compiles nothing.

A program is found again by a hash of all it was made from: the bytecode and constants of the kernel
and of every function it reaches, the argument types, the mode, the CPU, the versions of Python,
numba and llvmlite, and the source of this package. A changed device function in another file is
thus a different program, where numba's own cache would serve the old one.

Files lie in $CROSSCHECK_CACHE, or crosscheck/ under $XDG_CACHE_HOME or ~/.cache. A folder that
cannot be written, or a file that cannot be read, costs a compilation, never an error.
"""

import contextlib
import hashlib
import os
import pickle
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

from kernels.cpu.program import Program
from kernels.cpu.rebind import references


class Statistics:
    """How many programs this process compiled, and how many it found on disk."""

    compiled = 0
    loaded = 0


def folder() -> Path:
    """Return where programs are kept."""
    own = os.environ.get("CROSSCHECK_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) if own else Path(home) / "crosscheck"


@cache
def _surroundings() -> bytes:
    """Hash what every program depends on."""
    digest = hashlib.sha256()
    facts = (
        sys.version,
        numba.__version__,
        llvmlite.__version__,
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    )
    digest.update(repr(facts).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.digest()


def _describe(value: Any, seen: dict[int, int], with_lines: bool) -> Any:
    """Turn what a kernel refers to into nested tuples that repr() tells apart."""
    function = value if isinstance(value, types.FunctionType) else getattr(value, "py_func", None)
    if isinstance(function, types.FunctionType):
        if id(function) in seen:
            return ("again", seen[id(function)])
        seen[id(function)] = len(seen)
        used = references(function).items()
        return (
            "function",
            function.__module__,
            function.__qualname__,
            _describe_code(function.__code__, with_lines),
            repr(function.__defaults__),
            tuple((name, _describe(item, seen, with_lines)) for name, item in used),
        )
    if isinstance(value, np.ndarray):  # a constant array; its repr() would be cut short
        return ("array", str(value.dtype), value.shape, value.tobytes())
    if isinstance(value, types.ModuleType):
        return ("module", value.__name__)
    return (type(value).__qualname__, repr(value))


def _describe_code(code: types.CodeType, with_lines: bool) -> tuple:
    constants = tuple(
        _describe_code(item, with_lines) if isinstance(item, types.CodeType) else repr(item)
        for item in code.co_consts
    )
    lines = (code.co_firstlineno, code.co_linetable) if with_lines else ()
    return (code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, lines)


def key(function: types.FunctionType, argument_types: tuple, checked: bool) -> str:
    """Return the hash that names the program. Checked programs also depend on line numbers."""
    description = _describe(function, {}, with_lines=checked)
    text = repr((description, [str(type_) for type_ in argument_types], checked))
    return hashlib.sha256(_surroundings() + text.encode()).hexdigest()[:32]


def find(name: str) -> Program | None:
    """Return the program of this key from disk."""
    try:
        program = pickle.loads((folder() / name).read_bytes())
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ValueError, IndexError):
        return None
    if not isinstance(program, Program):
        return None
    Statistics.loaded += 1
    return program


def keep(name: str, program: Program) -> None:
    """Write the program to disk; whole or not at all, whoever else writes it now."""
    Statistics.compiled += 1
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder())
        with os.fdopen(handle, "wb") as file:
            file.write(pickle.dumps(program))
        os.replace(temporary, folder() / name)
