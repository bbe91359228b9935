"""The element types: float32 in registers, 16 bits in memory."""

from collections.abc import Callable

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.core.typeconv import Conversion
from numba.extending import lower_cast, register_model

from crosscheck.kernels.cpu.language.sixteen_bit_floats.bfloat16 import BFLOAT
from crosscheck.kernels.cpu.language.sixteen_bit_floats.format import SixteenBitFloat
from crosscheck.kernels.cpu.language.sixteen_bit_floats.half import HALF
from crosscheck.kernels.dtypes import bfloat16

BITS = ir.IntType(16)
_FLOAT = ir.FloatType()


class StorageType(types.Number):
    """The type of the elements of an array of float16 or bfloat16."""

    bitwidth = 16
    in_python = np.float32  # what the debugger reads

    def __init__(self, form: SixteenBitFloat) -> None:
        super().__init__(f"stored {form.name}")
        self.form = form

    def can_convert_from(self, typing_context, other):
        """Return how a number converts to it where it is stored, None where it does not."""
        numbers = types.Integer, types.Float, types.Boolean
        return Conversion.unsafe if isinstance(other, numbers) else None

    def can_convert_to(self, typing_context, other):
        """Return how it converts to another number: as float32 does."""
        return Conversion.safe if isinstance(other, types.Float) else None


ELEMENTS = {np.dtype(np.float16): StorageType(HALF), bfloat16: StorageType(BFLOAT)}


def read_as(element: types.Type) -> types.Type:
    """Return the type of the value that an element of an array is read as."""
    return types.float32 if isinstance(element, StorageType) else element


@register_model(StorageType)
class StorageModel(models.PrimitiveModel):
    """A float that is rounded where it is stored."""

    def __init__(self, manager, type_) -> None:
        super().__init__(manager, type_, _FLOAT)

    def get_data_type(self):
        """Return LLVM's type of an element in memory."""
        return BITS

    def as_data(self, builder, value):
        """Return the bits to store."""
        return _rounding(builder, self.fe_type)(builder, value)

    def from_data(self, builder, value):
        """Return the float of the bits that were loaded."""
        form = self.fe_type.form
        return form.widen(builder, builder.bitcast(value, form.storage))


def _rounding(builder: ir.IRBuilder, kind: StorageType) -> Callable[..., ir.Value]:
    """Return what rounds a float: on a GPU one instruction, which for bfloat16 LLVM has not."""
    on_gpu = builder.module.triple.startswith("nvptx")
    return _to_bfloat16 if on_gpu and kind.form is BFLOAT else _to_nearest(kind.form)


def _to_nearest(form: SixteenBitFloat) -> Callable[..., ir.Value]:
    return lambda builder, value: builder.bitcast(form.round(builder, value, "rn"), BITS)


def _to_bfloat16(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the bits of a bfloat16; from the compute capability 8.0 on."""
    function = ir.FunctionType(BITS, [_FLOAT])
    return builder.call(ir.InlineAsm(function, "cvt.rn.bf16.f32 $0, $1;", "=h,f"), [value])


@lower_cast(types.Integer, StorageType)
@lower_cast(types.Float, StorageType)
@lower_cast(types.Boolean, StorageType)
def _to_element(target, builder, given, wanted, value):
    return target.cast(builder, value, given, types.float32)


@lower_cast(StorageType, types.Float)
def _from_element(target, builder, given, wanted, value):
    return target.cast(builder, value, types.float32, wanted)
