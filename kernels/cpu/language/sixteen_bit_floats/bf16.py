"""The members of cuda.bf16: bfloat16, and its functions by numba.cuda.bf16's names.

These are the names of functions.py, but with numba's types in those of conversions:
__short2bfloat16_rn is int16_to_bfloat16_rn.
"""

import re

from ...lowering.typed_intrinsics import typed_intrinsic
from .bfloat16 import BFLOAT, bfloat16
from .functions import table

_IN_C = {
    **{"char": "int8", "short": "int16", "int": "int32", "ll": "int64"},
    **{"uchar": "uint8", "ushort": "uint16", "uint": "uint32", "ull": "uint64"},
    **{"float": "float32", "double": "float64", "bfloat16": "bfloat16"},
}
_CONVERSION = re.compile(r"(bfloat16|[a-z]+)(2|_as_)(bfloat16|[a-z]+)(_r[dnuz])?")


def _renamed(name: str) -> str:
    plain = name.removeprefix("__")
    found = _CONVERSION.fullmatch(plain)
    if not found:
        return plain
    given, how, wanted, suffix = found.groups(default="")
    return f"{_IN_C[given]}{'_to_' if how == '2' else how}{_IN_C[wanted]}{suffix}"


def _members() -> dict:
    entries = {_renamed(name): entry for name, entry in table(BFLOAT).items()}
    return {
        name: typed_intrinsic(f"cuda.bf16.{name}", [signature], lower)
        for name, (signature, lower) in entries.items()
    }


MEMBERS = {"bfloat16": bfloat16, **_members()}
