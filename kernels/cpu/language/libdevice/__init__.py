"""The members of cuda.libdevice: every function of numba.cuda.libdevice, by name.

Each has one signature and one lowering, in the table of its family: reals.py (the C library's
functions), special.py (those C lacks), rounding.py (arithmetic in one of four rounding modes),
conversions.py and integers.py. fast_sinf and the like are the plain functions: as accurate, and no
faster.
"""

from ...lowering.typed_intrinsics import typed_intrinsic
from . import conversions, integers, reals, rounding, special

_TABLES = (integers.TABLE, conversions.TABLE, rounding.TABLE, reals.TABLE, special.TABLE)

MEMBERS = {
    name: typed_intrinsic(f"libdevice.{name}", [signature], lower)
    for table in _TABLES
    for name, (signature, lower) in table.items()
}
