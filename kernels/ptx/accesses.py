"""Loads and stores: 128 bits at a time, and a load with a predicate."""

import numpy as np
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.arrays import QUAD_BYTES
from crosscheck.kernels.launch import real
from crosscheck.kernels.ptx.instruction import I32, I64, address, instruction


def _load_quad(typing, array, at):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments)
        quad = ir.VectorType(pointer.type.pointee, 4)
        loaded = builder.load(builder.bitcast(pointer, quad.as_pointer()), align=QUAD_BYTES)
        values = [builder.extract_element(loaded, I32(i)) for i in range(4)]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(array.dtype, 4)(array, at), generate


@instruction(_load_quad)
def load_quad(array, at):
    """Return the four elements array[at : at + 4]."""
    return array[at], array[at + 1], array[at + 2], array[at + 3]


def _store_quad(typing, array, at, values):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments[:2])
        quad = ir.Constant(ir.VectorType(pointer.type.pointee, 4), ir.Undefined)
        for i in range(4):
            value = builder.extract_value(arguments[2], i)
            quad = builder.insert_element(quad, value, I32(i))
        builder.store(quad, builder.bitcast(pointer, quad.type.as_pointer()), align=QUAD_BYTES)
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
