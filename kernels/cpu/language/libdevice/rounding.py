"""libdevice's arithmetic in a rounding mode: down (_rd), up (_ru), to zero (_rz), nearest (_rn)."""

from collections.abc import Callable

from llvmlite import ir
from numba.core import types

from ...lowering import libm
from ...lowering.rounding_modes import MODES, with_rounding


def _lowering(operation: Callable, suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        return with_rounding(builder, suffix, lambda *v: operation(builder, *v), *arguments)

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
