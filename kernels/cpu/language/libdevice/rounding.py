"""libdevice's arithmetic in a rounding mode: down (_rd), up (_ru), to zero (_rz) or nearest (_rn).

The processor does it: its rounding mode is set for one operation and set back. Empty pieces of
assembly before and after hold the operation between the two, where the optimiser, which knows of
one mode only, cannot move it or compute it beforehand; they also keep a * b + c from becoming an
FMA where the product is to be rounded, as on a GPU.
"""

import platform
from collections.abc import Callable

from llvmlite import ir
from numba.core import types

from kernels.cpu.language import libm

# The arguments of llvm.set.rounding.
MODES = {"rd": 3, "ru": 2, "rz": 0}
_NEAREST = 1
_FLOAT_REGISTER = "w" if platform.machine() == "aarch64" else "x"


def _pin(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the value, which the optimiser can trace neither back nor forth."""
    if isinstance(value.type, ir.HalfType):  # not every processor has registers for it
        return builder.bitcast(_pin(builder, builder.bitcast(value, ir.IntType(16))), value.type)
    kind = ir.FunctionType(value.type, [value.type])
    register = "r" if isinstance(value.type, ir.IntType) else _FLOAT_REGISTER
    return builder.call(ir.InlineAsm(kind, "", f"={register},0", side_effect=True), [value])


def _set_mode(builder: ir.IRBuilder, mode: int) -> None:
    i32 = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [i32])
    intrinsic = builder.module.declare_intrinsic("llvm.set.rounding", (), kind)
    builder.call(intrinsic, [i32(mode)])


def directed(builder: ir.IRBuilder, suffix: str, operation: Callable, *values) -> ir.Value:
    """Return operation(*values), whose one rounding is that of the suffix."""
    if suffix == "rn":
        return _pin(builder, operation(*values))
    _set_mode(builder, MODES[suffix])
    result = _pin(builder, operation(*(_pin(builder, value) for value in values)))
    _set_mode(builder, _NEAREST)
    return result


def _lowering(operation: Callable, suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        return directed(builder, suffix, lambda *v: operation(builder, *v), *arguments)

    return lower


def _reciprocal(builder, x):
    return builder.fdiv(x.type(1), x)


def _square_root(builder, x):
    return libm.call(builder, "sqrt", x)


def _fused(builder, x, y, z):
    return builder.fma(x, y, z)


def _table() -> dict:
    f4, f8 = types.float32, types.float64
    operations = {
        "add": (ir.IRBuilder.fadd, 2),
        "mul": (ir.IRBuilder.fmul, 2),
        "div": (ir.IRBuilder.fdiv, 2),
        "rcp": (_reciprocal, 1),
        "sqrt": (_square_root, 1),
    }
    names = {f"f{name}": (f4, *entry) for name, entry in operations.items()}
    names |= {f"d{name}": (f8, *entry) for name, entry in operations.items()}
    names |= {"fsub": (f4, ir.IRBuilder.fsub, 2)}  # there is no dsub
    names |= {"fma": (f8, _fused, 3), "fmaf": (f4, _fused, 3)}
    return {
        f"{name}_{suffix}": (kind(*[kind] * count), _lowering(operation, suffix))
        for name, (kind, operation, count) in names.items()
        for suffix in (*MODES, "rn")
    }


TABLE = _table()
