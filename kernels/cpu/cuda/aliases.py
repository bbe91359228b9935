"""Which module answers to a name below numba.cuda: ours, numba's own, or none.

numba-cuda carries a copy of numba's compiler; what a script imports of it, numba's own has too.
"""

import importlib.util

_OURS = __package__

# The longest prefix counts.
_NUMBAS = {
    "cgutils": "numba.core.cgutils",
    "core": "numba.core",
    "core.options": "numba.core.cpu",
    "cpython": "numba.cpython",
    "datamodel": "numba.core.datamodel",
    "flags": "numba.core.compiler",
    "itanium_mangler": "numba.core.itanium_mangler",
    "lowering": "numba.core.lowering",
    "misc": "numba.misc",
    "np": "numba.np",
    "serialize": "numba.core.serialize",
    "tests": "numba.tests",
    "typeconv": "numba.core.typeconv",
    "types": "numba.core.types",
    "typing": "numba.core.typing",
    "utils": "numba.core.utils",
}
_COPY = "cuda_"  # what begins the name of some copies: types.cuda_scalars is types.scalars


def target(name: str) -> str | None:
    """Return the module to import for a dotted name below numba.cuda, None where there is none."""
    ours = f"{_OURS}.{name}"
    parent = ours.rpartition(".")[0]
    if (parent == _OURS or target(name.rpartition(".")[0]) == parent) and _exists(ours):
        return ours
    prefix, rest = name, []
    while prefix and prefix not in _NUMBAS:
        prefix, _, last = prefix.rpartition(".")
        rest.insert(0, last.removeprefix(_COPY))
    numbas = ".".join([_NUMBAS[prefix], *rest]) if prefix else ""
    return numbas if numbas and _exists(numbas) else None


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
