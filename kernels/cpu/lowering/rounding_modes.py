"""An operation in a rounding mode: down ("rd"), up ("ru"), to zero ("rz") or nearest ("rn").

The processor's rounding mode is set for one operation and reset. The optimizer assumes that the
mode never changes, so empty inline assembly before and after keeps it from moving the operation out
of these two, or from computing it at compile time. It also keeps a * b + c from becoming an FMA
where the product must be rounded, as on a GPU.
"""

import platform
from collections.abc import Callable

from llvmlite import ir

from ..machine.context import HostAssembly

# The arguments of llvm.set.rounding.
MODES = {"rd": 3, "ru": 2, "rz": 0}
_NEAREST = 1
_FLOAT_REGISTER = "w" if platform.machine() == "aarch64" else "x"


def _opaque(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the value through empty inline assembly: the optimizer cannot see through it."""
    if isinstance(value.type, ir.HalfType):  # not every processor has registers for it
        return builder.bitcast(_opaque(builder, builder.bitcast(value, ir.IntType(16))), value.type)
    kind = ir.FunctionType(value.type, [value.type])
    register = "r" if isinstance(value.type, ir.IntType) else _FLOAT_REGISTER
    assembly = HostAssembly(kind, "", f"={register},0", side_effect=True)
    return builder.call(assembly, [value])


def _set_mode(builder: ir.IRBuilder, mode: int) -> None:
    i32 = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [i32])
    intrinsic = builder.module.declare_intrinsic("llvm.set.rounding", (), kind)
    builder.call(intrinsic, [i32(mode)])


def with_rounding(builder: ir.IRBuilder, suffix: str, operation: Callable, *values) -> ir.Value:
    """Return operation(*values), rounded once, in the mode of the suffix."""
    if suffix == "rn":
        return _opaque(builder, operation(*values))
    _set_mode(builder, MODES[suffix])
    result = _opaque(builder, operation(*(_opaque(builder, value) for value in values)))
    _set_mode(builder, _NEAREST)
    return result
