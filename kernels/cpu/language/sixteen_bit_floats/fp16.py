"""The members of cuda.fp16: the functions of float16, by numba.cuda.fp16's names."""

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...lowering.typed_intrinsics import typed_intrinsic
from .functions import cast, table
from .half import HALF


@intrinsic
def _construct(typing_context, value):
    """Return a number as a float16: `__half(number)`."""
    value = types.unliteral(value)
    if not isinstance(value, (types.Integer, types.Float, types.Boolean)):
        raise TypingError(f"cuda.fp16.__half is given {value}; expected a number")
    return types.float16(value), cast


@intrinsic
def _add_atomically(typing_context, address, value):
    """Raise TypingError: kernels on the CPU device have arrays, but no pointers."""
    raise TypingError("cuda.fp16.atomicAdd takes a pointer; the CPU device has none to give")


def _members() -> dict:
    functions = {
        name: typed_intrinsic(f"cuda.fp16.{name}", [signature], lower)
        for name, (signature, lower) in table(HALF).items()
    }
    plain = "abs add div eq fma ge gt le lt max min mul ne neg sub".split()
    aliases = {f"__h{name}": functions[f"h{name}"] for name in plain}
    return functions | aliases | {"__half": _construct, "atomicAdd": _add_atomically}


MEMBERS = _members()
