"""Which module answers to a name below numba.cuda: ours, numba's own, or none.

numba-cuda carries a copy of numba's compiler; what a script imports of it, numba's own has too.
"""

import importlib.util

_OURS = "kernels.cpu.cuda"

# The longest prefix counts.
_NUMBAS = {
    "cgutils": "numba.core.cgutils",
    "core": "numba.core",
    "cpython": "numba.cpython",
    "datamodel": "numba.core.datamodel",
    "misc": "numba.misc",
    "np": "numba.np",
    "serialize": "numba.core.serialize",
    "tests": "numba.tests",
    "typeconv": "numba.core.typeconv",
    "types": "numba.core.types",
    "typing": "numba.core.typing",
    "utils": "numba.core.utils",
}


def target(name: str) -> str | None:
    """Return the module to import for a dotted name below numba.cuda, None where there is none."""
    ours = f"{_OURS}.{name}"
    parent = ours.rpartition(".")[0]
    if (parent == _OURS or target(name.rpartition(".")[0]) == parent) and _exists(ours):
        return ours
    first, _, rest = name.partition(".")
    if first in _NUMBAS:
        numbas = f"{_NUMBAS[first]}.{rest}" if rest else _NUMBAS[first]
        return numbas if _exists(numbas) else None
    return None


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
