"""Inspections on disk, beside the CPU device's programs: an unchanged kernel is compiled once.

An inspection is found again by a hash of the kernel and all it reaches, the types of its arguments,
the launch, the architecture, the versions of the compiler's parts, and the modules that tell
numba-cuda what to compile or read what it made.
"""

import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path

import llvmlite
import numba
import numba_cuda

from crosscheck import kernels
from crosscheck.kernels.cpu.compiler import cache as storage
from crosscheck.kernels.cpu.compiler import cache_key
from crosscheck.kernels.inspect import inspection, toolchain
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.launches import Launch

FOLDER = Path(kernels.__file__).parent
_IMPORTS_NUMBA = re.compile(r"^ *(from|import) numba\b", re.MULTILINE)


def inspect(launch: Launch, capability: tuple[int, int]) -> Inspection:
    """Return what inspection.inspect does, from disk where it is there.

    Raises kernels.gpu.CompilerMissing.
    """
    name = key(launch, capability)
    found = storage.load(name)
    if found is None:
        found = inspection.inspect(launch, capability)
        storage.store(name, found)
    return found


def key(launch: Launch, capability: tuple[int, int]) -> str:
    """Return the hash that names the inspection on disk.

    It is "", and nothing is kept, where a part of the compiler is missing, and where the kernel
    refers to something that no hash can vouch for.
    """
    kernel = cache_key.fingerprint(launch.kernel.dispatcher.py_func)
    parts = toolchain.versions()
    if not kernel or None in parts.values():
        return ""
    signature = [str(each) for each in launch.kernel.signature(launch.arguments)]
    facts = kernel, signature, launch.block, launch.shared_bytes, capability, parts
    return hashlib.sha256(_surroundings() + repr(facts).encode()).hexdigest()[:32]


@cache
def _surroundings() -> bytes:
    """Hash what every inspection depends on."""
    digest = hashlib.sha256()
    settings = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    versions = sys.version, numba.__version__, numba_cuda.__version__, llvmlite.__version__
    digest.update(repr((versions, settings)).encode())
    for source in _sources(FOLDER):
        digest.update(source.read_bytes())
    return digest.digest()


def _sources(folder: Path) -> list[Path]:
    """Return the modules that decide what becomes of any kernel: the launcher, this package, and
    whoever extends numba. A fingerprint knows a kernel's functions, not what numba makes of them.
    """
    launcher = folder / "launch.py", folder / "device_function.py"
    own = [*launcher, *(folder / "inspect").glob("*.py")]
    others = (path for path in folder.rglob("*.py") if not path.is_relative_to(folder / "cpu"))
    extending = [path for path in others if _IMPORTS_NUMBA.search(path.read_text())]
    return sorted({*own, *extending})
