"""What numba's Python cannot say by itself: wide accesses, and copies that run by themselves.

    opaque(i)                        i, of which the compiler knows nothing
    load_if(array, at, inside)       array[at] if inside else 0
    load_quad(array, at)             array[at : at + 4], as a tuple
    store_quad(array, at, values)    array[at : at + 4] = values
    array_at(dtype, address, count)  the `count` elements from an address on, as an array
    hold(array, at)                  (array, at) in another form: the pointer in a register
    copy_async(tile, quad, lane, array, at, inside)
                                     tile[quad, lane] = array[at] if inside else 0
    copy_quad_async(tile, quad, array, at, inside)
                                     tile[quad, :] = array[at : at + 4] if inside else 0
    commit()                         the copies started since the last `commit` become a group
    wait(groups)                     until all groups but the last `groups` have landed

`array` has one dimension and lies in global memory. A quad of it begins on 16 bytes: `at` is a
multiple of 4, and the array's memory begins on 16 bytes. `tile` is a shared array (quads, 4), made
with alignment=16; indexed [quad, lane], it is read and written 128 bits at a time without help.

A copy goes from global to shared memory without passing through registers: cp.async of 4, 8 or 16
bytes, sm_80 and newer (PTX ISA, "Data Movement and Conversion Instructions: cp.async"). Its thread
sees what it brought after `wait`, the other threads after a barrier behind that.

On the CPU device each is the Python below it, and a copy has landed when it returns. But under the
sanitizer it lands at `wait`, as far as racecheck is concerned: who touches the element before that
is told so.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.cpu.language.memory import pointers
from crosscheck.kernels.cpu.language.memory.async_copies import (
    copies_awaited,
    copies_committed,
    copy_started,
)
from crosscheck.kernels.gpu import intrinsic
from crosscheck.kernels.launch import DeviceFunction, real

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_QUAD_BYTES = 16  # the most that one instruction moves


class Instruction(DeviceFunction):
    """A device function on the CPU device; on a GPU, instructions that mean the same."""

    def __init__(self, py_func: Callable, on_gpu: Any) -> None:
        super().__init__(py_func)
        self._on_gpu = on_gpu

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the copy for one device and one meaning of `real` and `index`."""
        return super().variant(device, real_type, index_type) if device == "cpu" else self._on_gpu


class Intrinsics(Instruction):
    """One of each device: for what returns an array, which no function of the CPU device does."""

    def __init__(self, on_cpu: Any, on_gpu: Any) -> None:
        super().__init__(on_cpu._defn, on_gpu)
        self._on_cpu = on_cpu

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the device's own."""
        return self._on_cpu if device == "cpu" else self._on_gpu


def _instruction(typed: Callable) -> Callable[[Callable], Instruction]:
    """Return a decorator: `typed` is what numba calls an intrinsic, the function its meaning."""
    return lambda py_func: Instruction(py_func, intrinsic(typed))


def _address(context: Any, builder: Any, kind: Any, array: Any, *offsets: Any) -> Any:
    """Return a pointer to an element, by the sum of these offsets in elements.

    Each is added by itself: a 32-bit sum could wrap, so its constant would not become a part of the
    instruction that uses the pointer.
    """
    pointer = context.make_array(kind)(context, builder, value=array).data
    for offset in offsets:
        wide = builder.zext(offset, _I64) if offset.type.width < 64 else offset
        pointer = builder.gep(pointer, [wide])
    return pointer


def _asm(builder: Any, text: str, operands: Sequence[Any] = (), constraints: str = "") -> None:
    function = ir.FunctionType(ir.VoidType(), [each.type for each in operands])
    clobbers = f"{constraints},~{{memory}}" if constraints else "~{memory}"
    builder.call(ir.InlineAsm(function, text, clobbers, side_effect=True), operands)


def _load_quad(typing, array, at):
    def generate(context, builder, signature, arguments):
        pointer = _address(context, builder, signature.args[0], *arguments)
        quad = ir.VectorType(pointer.type.pointee, 4)
        loaded = builder.load(builder.bitcast(pointer, quad.as_pointer()), align=_QUAD_BYTES)
        values = [builder.extract_element(loaded, _I32(i)) for i in range(4)]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(array.dtype, 4)(array, at), generate


@_instruction(_load_quad)
def load_quad(array, at):
    """Return the four elements array[at : at + 4]."""
    return array[at], array[at + 1], array[at + 2], array[at + 3]


def _opaque(typing, i):
    def generate(context, builder, signature, arguments):
        (value,) = arguments
        bits, letter = (32, "r") if value.type.width == 32 else (64, "l")
        function = ir.FunctionType(value.type, [value.type])
        asm = ir.InlineAsm(function, f"mov.u{bits} $0, $1;", f"={letter},{letter}")
        return builder.call(asm, [value])

    return i(i), generate


@_instruction(_opaque)
def opaque(i):
    """Return the index i, and the compiler does not know where it came from.

    What it knows of i it uses on i + constant, for every constant anew; what it does not, it adds
    once, and the constants become parts of the instructions that load and store.
    """
    return i


def _load_if(typing, array, at, inside):
    def generate(context, builder, signature, arguments):
        array, at, inside = arguments
        kind, value = signature.args[0], context.get_value_type(signature.return_type)
        source = builder.ptrtoint(_address(context, builder, kind, array, at), _I64)
        letter, zero = ("f", "0f00000000") if kind.dtype.bitwidth == 32 else ("d", f"0d{0:016}")
        of = f"f{kind.dtype.bitwidth}"
        text = (
            f"{{ .reg .pred %inside; setp.ne.u32 %inside, $2, 0; mov.{of} $0, {zero}; "
            f"@%inside ld.global.{of} $0, [$1]; }}"
        )
        constraints = f"={letter},l,r,~{{memory}}"
        function = ir.FunctionType(value, [_I64, _I32])
        asm = ir.InlineAsm(function, text, constraints, side_effect=True)
        return builder.call(asm, [source, builder.zext(inside, _I32)])

    return array.dtype(array, at, types.boolean), generate


@_instruction(_load_if)
def load_if(array, at, inside):
    """Return array[at] if inside else 0: a load with a predicate, whose address needs no branch.

    Around a plain load the compiler makes a branch, and reads the array's base again inside it.
    """
    value = real(0)
    if inside:
        value = array[at]
    return value


def _store_quad(typing, array, at, values):
    def generate(context, builder, signature, arguments):
        pointer = _address(context, builder, signature.args[0], *arguments[:2])
        quad = ir.Constant(ir.VectorType(pointer.type.pointee, 4), ir.Undefined)
        for i in range(4):
            value = builder.extract_value(arguments[2], i)
            quad = builder.insert_element(quad, value, _I32(i))
        builder.store(quad, builder.bitcast(pointer, quad.type.as_pointer()), align=_QUAD_BYTES)
        return context.get_dummy_value()

    return types.void(array, at, values), generate


@_instruction(_store_quad)
def store_quad(array, at, values):
    """Write the four elements array[at : at + 4]."""
    for i in range(4):
        array[np.int64(at) + i] = values[i]


def _array_at(typing, dtype, address, count):
    kind = types.Array(dtype.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        _, address, count = arguments
        made = context.make_array(kind)(context, builder)
        in_global = ir.PointerType(made.data.type.pointee, addrspace=1)
        made.data = builder.addrspacecast(builder.inttoptr(address, in_global), made.data.type)
        size = _I64(kind.dtype.bitwidth // 8)
        made.itemsize, made.nitems = size, count
        made.shape = context.make_tuple(builder, types.UniTuple(types.intp, 1), [count])
        made.strides = context.make_tuple(builder, types.UniTuple(types.intp, 1), [size])
        return made._getvalue()

    return kind(dtype, types.int64, types.int64), generate


array_at = Intrinsics(pointers.array_at, intrinsic(_array_at))


def _hold(typing, array, at):
    pair = types.Tuple([array, at])

    def generate(context, builder, signature, arguments):
        made = context.make_array(array)(context, builder, value=arguments[0])
        pointer = _address(context, builder, array, *arguments)
        in_global = ir.PointerType(pointer.type.pointee, addrspace=1)
        number = builder.ptrtoint(builder.addrspacecast(pointer, in_global), _I64)
        function = ir.FunctionType(_I64, [_I64])
        asm = ir.InlineAsm(function, "mov.b64 $0, $1;", "=l,l")
        held = builder.inttoptr(
            builder.call(asm, [number], attrs=("readnone", "nounwind")), in_global
        )
        made.data = builder.addrspacecast(held, pointer.type)
        return context.make_tuple(builder, pair, [made._getvalue(), arguments[1].type(0)])

    return pair(array, at), generate


@_instruction(_hold)
def hold(array, at):
    """Return an array and a place in it from where it is as `array` from `at`.

    The compiler adds an offset to the pointer of an array wherever it uses the sum. This one is
    there already, so accesses that are constants apart need no addition.
    """
    return array, at


def _copy(context, builder, signature, tile, quad, lane, array, at, inside, elements) -> None:
    """Copy `elements` neighbours, 16 bytes at most by an instruction; 0 bytes read, the rest 0."""
    tile_kind, array_kind = (
        signature.args[0],
        next(kind for kind in signature.args[1:] if isinstance(kind, types.Array)),
    )
    to = _address(context, builder, tile_kind, tile, builder.shl(quad, _I64(2)), lane)
    to = builder.addrspacecast(to, ir.PointerType(to.type.pointee, addrspace=3))
    source = _address(context, builder, array_kind, array, at)
    size = array_kind.dtype.bitwidth // 8
    chunk = min(elements * size, _QUAD_BYTES)
    cache = "cg" if chunk == _QUAD_BYTES else "ca"  # .cg, past the L1, exists for 16 bytes only
    text = f"cp.async.{cache}.shared.global [$0], [$1], {chunk}, $2;"
    for first in range(0, elements, chunk // size):
        operands = [
            builder.ptrtoint(builder.gep(to, [_I64(first)]), _I32),
            builder.ptrtoint(builder.gep(source, [_I64(first)]), _I64),
            builder.select(inside, _I32(chunk), _I32(0)),
        ]
        _asm(builder, text, operands, "r,l,r")


def _copy_async(typing, tile, quad, lane, array, at, inside):
    def generate(context, builder, signature, arguments):
        _copy(context, builder, signature, *arguments, 1)
        return context.get_dummy_value()

    return types.void(tile, types.int64, types.int64, array, at, types.boolean), generate


@_instruction(_copy_async)
def copy_async(tile, quad, lane, array, at, inside):
    """Start to copy one element; where it is not `inside`, to write 0, and nothing is read."""
    value = real(0)
    if inside:
        value = array[at]
    tile[quad, lane] = value
    copy_started(tile, (quad, lane))


def _copy_quad_async(typing, tile, quad, array, at, inside):
    def generate(context, builder, signature, arguments):
        tile, quad, array, at, inside = arguments
        _copy(context, builder, signature, tile, quad, _I64(0), array, at, inside, 4)
        return context.get_dummy_value()

    return types.void(tile, types.int64, array, at, types.boolean), generate


@_instruction(_copy_quad_async)
def copy_quad_async(tile, quad, array, at, inside):
    """Start to copy four elements; where they are not `inside`, to write zeros."""
    for i in range(4):
        value = real(0)
        if inside:
            value = array[np.int64(at) + i]
        tile[quad, i] = value
        copy_started(tile, (quad, i))


def _commit(typing):
    def generate(context, builder, signature, arguments):
        _asm(builder, "cp.async.commit_group;")
        return context.get_dummy_value()

    return types.void(), generate


@_instruction(_commit)
def commit():
    """Make a group of the copies that this thread started since the last one."""
    copies_committed()


def _wait(typing, groups):
    if not isinstance(groups, types.IntegerLiteral):
        return None  # numba asks again, with the literal: it is a part of the instruction

    def generate(context, builder, signature, arguments):
        _asm(builder, f"cp.async.wait_group {groups.literal_value};")
        return context.get_dummy_value()

    return types.void(groups), generate


@_instruction(_wait)
def wait(groups):
    """Wait until all groups of this thread but the last `groups` have landed."""
    copies_awaited(groups)
