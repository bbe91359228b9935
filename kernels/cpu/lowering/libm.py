"""C's functions of real numbers: LLVM's intrinsics, and the C library's functions.

Where LLVM has no intrinsic, a float32 goes through the C library's float64 function. The result is
rounded twice, which is correct except for about one case in 2^28, and more accurate than most
float32 versions. LLVM's intrinsics become instructions or the C library's float32 functions, and
loops over them can be vectorized.
"""

from llvmlite import ir

from ..machine import context

_LLVM = {
    **{name: name for name in ("exp", "exp2", "log", "log2", "sin", "cos", "sqrt", "pow")},
    **{name: name for name in ("floor", "ceil", "trunc", "rint", "fabs", "copysign", "fma")},
    **{"fmax": "maxnum", "fmin": "minnum"},
}
# Functions whose float32 version is not the float64 one rounded.
_NOT_THROUGH_FLOAT64 = {"nextafter"}

DOUBLE = ir.DoubleType()
FLOAT = ir.FloatType()


def call(builder: ir.IRBuilder, name: str, *values: ir.Value) -> ir.Value:
    """Return the value of C's function `name` of floats or doubles, in their type."""
    kind = values[0].type
    if name in _LLVM:
        kinds = ir.FunctionType(kind, [kind] * len(values))
        intrinsic = builder.module.declare_intrinsic(f"llvm.{_LLVM[name]}", [kind], kinds)
        return builder.call(intrinsic, values)
    if kind == DOUBLE or name in _NOT_THROUGH_FLOAT64:
        symbol = name if kind == DOUBLE else f"{name}f"
        function = context.declare(builder, symbol, kind, [value.type for value in values])
        return builder.call(function, values)
    wide = [builder.fpext(value, DOUBLE) if value.type == FLOAT else value for value in values]
    return builder.fptrunc(call(builder, name, *wide), FLOAT)


def saturate(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the value clamped to 0 ... 1; 0 for a NaN."""
    low = call(builder, "fmax", value, value.type(0))
    return call(builder, "fmin", low, value.type(1))
