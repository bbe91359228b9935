"""The data models of 16-bit floats, and casts to and from other numbers, which round once."""

from llvmlite import ir
from numba.core import types
from numba.core.datamodel.models import FloatModel, PrimitiveModel

from .bfloat16 import BFLOAT, Bfloat16
from .format import integer_to_odd
from .half import HALF

_FORMATS = {form.type: form for form in (HALF, BFLOAT)}
_PLAIN = (types.Integer, types.Float, types.Complex, types.Boolean, Bfloat16)


def _model(manager, kind: types.Type):
    if kind in _FORMATS:
        return PrimitiveModel(manager, kind, _FORMATS[kind].storage)
    return FloatModel(manager, kind)


MODELS = {types.Float: _model, Bfloat16: _model}


def applies_to(given: types.Type, wanted: types.Type) -> bool:
    """Return whether a cast is between a 16-bit float and another number."""
    pair = given, wanted
    has_short = any(kind in _FORMATS for kind in pair)
    return has_short and given != wanted and all(isinstance(kind, _PLAIN) for kind in pair)


def cast(target, builder, value: ir.Value, given: types.Type, wanted: types.Type) -> ir.Value:
    """Convert a number to or from a 16-bit float."""
    if given in _FORMATS:
        return target.cast(builder, _FORMATS[given].widen(builder, value), types.float32, wanted)
    if isinstance(given, types.Integer) and given.bitwidth == 64:
        value = integer_to_odd(builder, value, given.signed)
    elif isinstance(given, types.Integer):
        value = target.cast(builder, value, given, types.float64)
    elif given != types.float64:
        value = target.cast(builder, value, given, types.float32)
    return _FORMATS[wanted].narrow(builder, value)
