"""cuda.libdevice on the CPU device: every function of numba.cuda.libdevice, by name.

Each name has one signature and one meaning, in the table of its family: reals.py (the C library's),
special.py (what C lacks), rounding.py (arithmetic in one of four rounding modes), conversions.py
and integers.py. fast_sinf and its like are the plain functions: no less exact, and no faster.
"""

from ...lowering.cases import typed_intrinsic
from . import conversions, integers, reals, rounding, special

_TABLES = (integers.TABLE, conversions.TABLE, rounding.TABLE, reals.TABLE, special.TABLE)

MEMBERS = {
    name: typed_intrinsic(f"libdevice.{name}", [signature], lower)
    for table in _TABLES
    for name, (signature, lower) in table.items()
}
