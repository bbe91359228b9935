"""Loads and stores: four elements at a time, and a load with a predicate."""

import operator

import numpy as np
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.arrays import QUAD_BYTES
from crosscheck.kernels.launch import real
from crosscheck.kernels.ptx.instruction import I32, I64, address, instruction


def _element(typing, array) -> types.Type:
    """Return the type of the values that an array's elements have, where they are read."""
    return typing.resolve_function_type(operator.getitem, (array, types.intp), {}).return_type


def _quad(context, builder, kind, pointer):
    """Return a pointer to four elements in one, and how many bytes it begins on."""
    data = context.get_data_type(kind.dtype)
    align = min(4 * context.get_abi_sizeof(data), QUAD_BYTES)
    return builder.bitcast(pointer, ir.VectorType(data, 4).as_pointer()), align


def _load_quad(typing, array, at):
    element = _element(typing, array)

    def generate(context, builder, signature, arguments):
        kind = signature.args[0]
        pointer, align = _quad(context, builder, kind, address(context, builder, kind, *arguments))
        loaded = builder.load(pointer, align=align)
        model = context.data_model_manager[kind.dtype]
        values = [
            model.from_data(builder, builder.extract_element(loaded, I32(i))) for i in range(4)
        ]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(element, 4)(array, at), generate


@instruction(_load_quad)
def load_quad(array, at):
    """Return the four elements array[at : at + 4]."""
    return array[at], array[at + 1], array[at + 2], array[at + 3]


def _store_quad(typing, array, at, values):
    def generate(context, builder, signature, arguments):
        kind, _, given = signature.args
        pointer = address(context, builder, kind, *arguments[:2])
        pointer, align = _quad(context, builder, kind, pointer)
        model = context.data_model_manager[kind.dtype]
        quad = ir.Constant(pointer.type.pointee, ir.Undefined)
        for i, item in enumerate(given):
            value = builder.extract_value(arguments[2], i)
            value = model.as_data(builder, context.cast(builder, value, item, kind.dtype))
            quad = builder.insert_element(quad, value, I32(i))
        builder.store(quad, pointer, align=align)
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
        kind, value = signature.args[0], context.get_value_type(signature.return_type)
        source = builder.ptrtoint(address(context, builder, kind, array, at), I64)
        letter, zero = ("f", "0f00000000") if kind.dtype.bitwidth == 32 else ("d", f"0d{0:016}")
        of = f"f{kind.dtype.bitwidth}"
        text = (
            f"{{ .reg .pred %inside; setp.ne.u32 %inside, $2, 0; mov.{of} $0, {zero}; "
            f"@%inside ld.global.{of} $0, [$1]; }}"
        )
        constraints = f"={letter},l,r,~{{memory}}"
        function = ir.FunctionType(value, [I64, I32])
        asm = ir.InlineAsm(function, text, constraints, side_effect=True)
        return builder.call(asm, [source, builder.zext(inside, I32)])

    return array.dtype(array, at, types.boolean), generate


@instruction(_load_if)
def load_if(array, at, inside):
    """Return array[at] if inside else 0: a load with a predicate, whose address needs no branch.

    Around a plain load the compiler makes a branch, and reads the array's base again inside it.
    """
    value = real(0)
    if inside:
        value = array[at]
    return value
