"""Machine code on disk, beside the CPU device's programs: an unchanged kernel is compiled once.

Kept is what the compiler made and said, not what this package reads from it. It is found again by a
hash of the kernel and all it reaches, the types of its arguments, the architecture, the versions of
the compiler's parts, and the modules that tell numba-cuda what to compile.
"""

import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import llvmlite
import numba
import numba_cuda

from crosscheck import kernels
from crosscheck.kernels import gpu
from crosscheck.kernels.cpu.compiler import cache as storage
from crosscheck.kernels.cpu.compiler import cache_key
from crosscheck.kernels.inspect import disassembler, toolchain
from crosscheck.kernels.inspect.launches import Launch

FOLDER = Path(kernels.__file__).parent
_OWN = "disassembler.py", "stored.py"  # of this package: what they make is kept
_EXTENDS_NUMBA = re.compile(r"^ *(from|import) (numba|llvmlite)\b", re.MULTILINE)


class Code(NamedTuple):
    """A compiled kernel: `log` is the assembler's account; no `sass` without a disassembler."""

    arch: str
    ptx: str
    log: str
    sass: str | None


def compile_for(launch: Launch, capability: tuple[int, int]) -> Code:
    """Compile a launch for a compute capability (major, minor), or find its code on disk.

    Raises kernels.gpu.CompilerMissing.
    """
    name = key(launch, capability)
    found = storage.load(name)
    if found is None:
        found = _compile(launch, capability)
        storage.store(name, found)
    return found


def _compile(launch: Launch, capability: tuple[int, int]) -> Code:
    compiled = gpu.compile_for(launch.kernel, launch.arguments, capability)
    try:
        text = disassembler.disassemble(compiled.cubin)
    except disassembler.DisassemblerMissing:
        text = None
    return Code(compiled.arch, compiled.ptx, compiled.log, text)


def key(launch: Launch, capability: tuple[int, int]) -> str:
    """Return the hash that names the code on disk.

    It is "", and nothing is kept, where a part of the compiler is missing, and where the kernel
    refers to something that no hash can vouch for.
    """
    kernel, parts = source(launch), toolchain.versions()
    if not kernel or None in parts.values():
        return ""
    facts = kernel, capability, parts
    return hashlib.sha256(_surroundings() + repr(facts).encode()).hexdigest()[:32]


def source(launch: Launch) -> str:
    """Return a hash of the kernel and all it reaches, its launch bounds and the types of its
    arguments: the same on any machine with this version of Python.

    It is "" where the kernel refers to something that no hash can vouch for.
    """
    kernel = cache_key.fingerprint(launch.kernel.dispatcher.py_func)
    if not kernel:
        return ""
    signature = [str(each) for each in launch.kernel.signature(launch.arguments)]
    bounds = launch.kernel.dispatcher.targetoptions.get("launch_bounds")
    return hashlib.sha256(repr((kernel, signature, bounds)).encode()).hexdigest()[:16]


@cache
def _surroundings() -> bytes:
    """Hash what all code depends on."""
    digest = hashlib.sha256()
    settings = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    versions = sys.version, numba.__version__, numba_cuda.__version__, llvmlite.__version__
    digest.update(repr((versions, settings)).encode())
    for source in _sources(FOLDER):
        digest.update(source.read_bytes())
    return digest.digest()


def _sources(folder: Path) -> list[Path]:
    """Return the modules that decide what becomes of any kernel: the launcher, this one and its
    disassembler, and whoever extends numba. A fingerprint knows a kernel's functions, not what
    numba makes of them.
    """
    launcher = folder / "launch.py", folder / "device_function.py"
    own = [*launcher, *(folder / "inspect" / name for name in _OWN)]
    others = (path for path in folder.rglob("*.py") if not path.is_relative_to(folder / "cpu"))
    extending = [path for path in others if _EXTENDS_NUMBA.search(path.read_text())]
    return sorted({*own, *extending})
