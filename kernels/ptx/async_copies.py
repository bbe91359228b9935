"""cp.async: copies from global to shared memory that run by themselves."""

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError

from crosscheck.kernels.arrays import QUAD_BYTES
from crosscheck.kernels.cpu.language.memory.async_copies import (
    copies_awaited,
    copies_committed,
    copy_reads,
    copy_started,
)
from crosscheck.kernels.launch import real
from crosscheck.kernels.ptx.instruction import (
    I32,
    I64,
    address,
    assembly,
    instruction,
)

ASYNC_COPIES = 8, 0  # the compute capability from which a GPU has cp.async


def _copy(context, builder, signature, tile, quad, lane, array, at, inside, elements) -> None:
    """Copy `elements` neighbours, 16 bytes at most by an instruction; 0 bytes read, the rest 0."""
    tile_kind, array_kind = (
        signature.args[0],
        next(kind for kind in signature.args[1:] if isinstance(kind, types.Array)),
    )
    to = address(context, builder, tile_kind, tile, builder.shl(quad, I64(2)), lane)
    to = builder.addrspacecast(to, ir.PointerType(to.type.pointee, addrspace=3))
    source = address(context, builder, array_kind, array, at)
    size = array_kind.dtype.bitwidth // 8
    chunk = min(elements * size, QUAD_BYTES)
    cache = "cg" if chunk == QUAD_BYTES else "ca"  # .cg, past the L1, exists for 16 bytes only
    text = f"cp.async.{cache}.shared.global [$0], [$1], {chunk}, $2;"
    for first in range(0, elements, chunk // size):
        operands = [
            builder.ptrtoint(builder.gep(to, [I64(first)]), I32),
            builder.ptrtoint(builder.gep(source, [I64(first)]), I64),
            builder.select(inside, I32(chunk), I32(0)),
        ]
        assembly(builder, text, operands, "r,l,r")


def _require_same_elements(tile, array) -> None:
    if tile.dtype != array.dtype:
        raise TypingError(f"cp.async from {array} to {tile}; expected the same elements")


def _copy_async(typing, tile, quad, lane, array, at, inside):
    _require_same_elements(tile, array)

    def generate(context, builder, signature, arguments):
        _copy(context, builder, signature, *arguments, 1)
        return context.get_dummy_value()

    return types.void(tile, types.int64, types.int64, array, at, types.boolean), generate


@instruction(_copy_async)
def copy_async(tile, quad, lane, array, at, inside):
    """Start to copy one element; where it is not `inside`, to write 0, and nothing is read."""
    value = real(0)
    if inside:
        value = array[at]
        copy_reads(array, at)
    tile[quad, lane] = value
    copy_started(tile, (quad, lane))


def _copy_quad_async(typing, tile, quad, array, at, inside):
    _require_same_elements(tile, array)

    def generate(context, builder, signature, arguments):
        tile, quad, array, at, inside = arguments
        _copy(context, builder, signature, tile, quad, I64(0), array, at, inside, 4)
        return context.get_dummy_value()

    return types.void(tile, types.int64, array, at, types.boolean), generate


@instruction(_copy_quad_async)
def copy_quad_async(tile, quad, array, at, inside):
    """Start to copy four elements; where they are not `inside`, to write zeros."""
    for i in range(4):
        if inside:
            tile[quad, i] = array[np.int64(at) + i]
            copy_reads(array, np.int64(at) + i)
        else:
            tile[quad, i] = 0
        copy_started(tile, (quad, i))


def _commit(typing):
    def generate(context, builder, signature, arguments):
        assembly(builder, "cp.async.commit_group;")
        return context.get_dummy_value()

    return types.void(), generate


@instruction(_commit)
def commit():
    """Make a group of the copies that this thread started since the last one."""
    copies_committed()


def _wait(typing, groups):
    if not isinstance(groups, types.IntegerLiteral):
        return None  # numba asks again, with the literal: it is a part of the instruction

    def generate(context, builder, signature, arguments):
        assembly(builder, f"cp.async.wait_group {groups.literal_value};")
        return context.get_dummy_value()

    return types.void(groups), generate


@instruction(_wait)
def wait(groups):
    """Wait until all groups of this thread but the last `groups` have landed."""
    copies_awaited(groups)
