"""fma, cbrt and selp, with numba-cuda's types."""

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...lowering.typed_intrinsics import typed_intrinsic
from ...machine import context

_REAL = (types.float32, types.float64)
_SELECTED = (
    *_REAL,
    *(types.int16, types.uint16, types.int32, types.uint32, types.int64, types.uint64),
)


def _fma(target, builder, signature, arguments):
    return builder.fma(*arguments)  # rounded once, even if the processor has no such instruction


def lower_cbrt(target, builder, signature, arguments):
    """Improve the C library's root y, which may be 4 units off, by one step of Newton's method.

    The step is -(y^3 - x) / 3y^2, with y^3 - x from exact products, so cbrt(27.0) is 3.0.
    """
    kind = signature.return_type
    x = target.cast(builder, arguments[0], kind, types.float64)
    y = builder.call(context.declare(builder, "cbrt", x.type, [x.type]), [x])
    square = builder.fmul(y, y)
    lost = builder.fma(y, y, builder.fneg(square))  # the rounding error of the square
    excess = builder.fma(y, lost, builder.fma(square, y, builder.fneg(x)))
    better = builder.fsub(y, builder.fdiv(excess, builder.fmul(square, x.type(3))))
    magnitude = builder.call(builder.module.declare_intrinsic("llvm.fabs", [x.type]), [x])
    # Outside, y^3 or its rounding error leaves the range. For 0, infinity and NaN, y is right.
    inside = builder.and_(
        builder.fcmp_ordered(">", magnitude, x.type(1e-250)),
        builder.fcmp_ordered("<", magnitude, x.type(1e300)),
    )
    return target.cast(builder, builder.select(inside, better, y), types.float64, kind)


fma = typed_intrinsic("cuda.fma", [kind(kind, kind, kind) for kind in _REAL], _fma)
cbrt = typed_intrinsic("cuda.cbrt", [kind(kind) for kind in _REAL], lower_cbrt)


@intrinsic
def selp(typing_context, test, a, b):
    """Return `a` where `test` holds, else `b`; both of one type."""
    a, b = types.unliteral(a), types.unliteral(b)
    if a != b or a not in _SELECTED:
        known = ", ".join(str(kind) for kind in _SELECTED)
        raise TypingError(f"cuda.selp is given {a} and {b}; expected two of one type of {known}")

    def lower(target, builder, signature, arguments):
        return builder.select(*arguments)

    return a(types.boolean, a, b), lower
