"""Which module a name below numba.cuda stands for: ours, numba's own, or none.

numba-cuda carries a copy of numba's compiler. What scripts import of the copy, numba has as well.
"""

import importlib.util

# The longest prefix counts.
_NUMBAS = {
    "cgutils": "numba.core.cgutils",
    "cloudpickle": "numba.cloudpickle",
    "core": "numba.core",
    "core.options": "numba.core.cpu",
    "cpython": "numba.cpython",
    "datamodel": "numba.core.datamodel",
    "debuginfo": "numba.core.debuginfo",
    "itanium_mangler": "numba.core.itanium_mangler",
    "misc": "numba.misc",
    "np": "numba.np",
    "serialize": "numba.core.serialize",
    "tests": "numba.tests",
    "typeconv": "numba.core.typeconv",
    "types": "numba.core.types",
    "types.ext_types": "numba.core.types",
    "typing": "numba.core.typing",
    "typing.npdatetime": "numba.np.types.datetime",
    "utils": "numba.core.utils",
}
_COPY = "cuda_"  # prefix of some copies' names: types.cuda_scalars is a copy of types.scalars


def resolve(name: str) -> str | None:
    """Return the module to import for a dotted name below numba.cuda, None where there is none."""
    ours = f"{__package__}.{name}"
    parent = ours.rpartition(".")[0]
    is_below_ours = parent == __package__ or resolve(name.rpartition(".")[0]) == parent
    if is_below_ours and _exists(ours):
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
