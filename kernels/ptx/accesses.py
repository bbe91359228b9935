"""Loads and stores: four elements at a time, and a load with a predicate."""

import numpy as np
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.arrays import quad_alignment
from crosscheck.kernels.launch import real
from crosscheck.kernels.ptx.instruction import I32, I64, address, instruction
from crosscheck.kernels.storage_type import read_as

# PTX's type, register and zero of a number in memory, by its bits.
_IN_PTX = {16: ("b16", "h", "0"), 32: ("f32", "f", "0f00000000"), 64: ("f64", "d", f"0d{0:016}")}


def _load_quad(typing, array, at):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments)
        quad = ir.VectorType(pointer.type.pointee, 4)
        align = quad_alignment(array.dtype.bitwidth // 8)
        loaded = builder.load(builder.bitcast(pointer, quad.as_pointer()), align=align)
        in_memory = [builder.extract_element(loaded, I32(i)) for i in range(4)]
        element = context.data_model_manager[array.dtype]
        values = [element.from_data(builder, each) for each in in_memory]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(read_as(array.dtype), 4)(array, at), generate


@instruction(_load_quad)
def load_quad(array, at):
    """Return the four elements array[at : at + 4]."""
    return array[at], array[at + 1], array[at + 2], array[at + 3]


def _store_quad(typing, array, at, values):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments[:2])
        quad = ir.Constant(ir.VectorType(pointer.type.pointee, 4), ir.Undefined)
        element = context.data_model_manager[array.dtype]
        for i in range(4):
            value = element.as_data(builder, builder.extract_value(arguments[2], i))
            quad = builder.insert_element(quad, value, I32(i))
        align = quad_alignment(array.dtype.bitwidth // 8)
        builder.store(quad, builder.bitcast(pointer, quad.type.as_pointer()), align=align)
        return context.get_dummy_value()

    return types.void(array, at, values), generate


@instruction(_store_quad)
def store_quad(array, at, values):
    """Write the four elements array[at : at + 4]."""
    for i in range(4):
        array[np.int64(at) + i] = values[i]


def _load_if(typing, array, at, inside):
    def generate(context, builder, signature, arguments):
        array, at, inside = arguments
        kind = signature.args[0]
        element = context.data_model_manager[kind.dtype]
        source = builder.ptrtoint(address(context, builder, kind, array, at), I64)
        of, letter, zero = _IN_PTX[kind.dtype.bitwidth]
        text = (
            f"{{ .reg .pred %inside; setp.ne.u32 %inside, $2, 0; mov.{of} $0, {zero}; "
            f"@%inside ld.global.{of} $0, [$1]; }}"
        )
        constraints = f"={letter},l,r,~{{memory}}"
        function = ir.FunctionType(element.get_data_type(), [I64, I32])
        asm = ir.InlineAsm(function, text, constraints, side_effect=True)
        return element.from_data(builder, builder.call(asm, [source, builder.zext(inside, I32)]))

    return read_as(array.dtype)(array, at, types.boolean), generate


@instruction(_load_if)
def load_if(array, at, inside):
    """Return array[at] if inside else 0: a load with a predicate, whose address needs no branch.

    Around a plain load the compiler makes a branch, and reads the array's base again inside it.
    """
    value = real(0)
    if inside:
        value = array[at]
    return value
