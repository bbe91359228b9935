"""Accesses of inline PTX and of an intrinsic's own LLVM IR: every tool sees them."""

import numpy as np
import pytest
from llvmlite import ir
from numba import cuda
from numba.core import types

from crosscheck.kernels.cpu import InitError, RaceError, jit
from crosscheck.kernels.cpu.cuda.extending import intrinsic

checked = jit(sanitize=True)
F4, I8 = types.float32, types.int64


def pointer(context, builder, signature, arguments):
    view = context.make_array(signature.args[0])(context, builder, value=arguments[0])
    return builder.gep(view.data, [arguments[1]])


def by_ptx(text, constraints, shared):
    """Return the intrinsic (array, at, value) -> None or float32 of a load or a store in PTX."""

    def access(typing_context, array, at, value):
        loads = constraints.startswith("=")
        result = F4 if loads else types.void

        def generate(context, builder, signature, arguments):
            place = pointer(context, builder, signature, arguments)
            address = builder.ptrtoint(place, ir.IntType(32 if shared else 64))
            given = [address] if loads else [address, arguments[2]]
            made = ir.FloatType() if loads else ir.VoidType()
            function = ir.FunctionType(made, [each.type for each in given])
            assembly = ir.InlineAsm(function, text, constraints, side_effect=True)
            called = builder.call(assembly, given)
            return called if loads else context.get_dummy_value()

        return result(array, I8, F4), generate

    return intrinsic(access)


ptx_load = by_ptx("ld.global.f32 $0, [$1];", "=f,l", shared=False)
ptx_store = by_ptx("st.global.f32 [$0], $1;", "l,f", shared=False)
ptx_load_shared = by_ptx("ld.shared.f32 $0, [$1];", "=f,r", shared=True)
ptx_store_shared = by_ptx("st.shared.f32 [$0], $1;", "r,f", shared=True)
ptx_load_behind = by_ptx("ld.shared.f32 $0, [$1+4];", "=f,r", shared=True)


@intrinsic
def llvm_load(typing_context, array, at, value):
    def generate(context, builder, signature, arguments):
        return builder.load(pointer(context, builder, signature, arguments))

    return F4(array, I8, F4), generate


@intrinsic
def llvm_store(typing_context, array, at, value):
    def generate(context, builder, signature, arguments):
        builder.store(arguments[2], pointer(context, builder, signature, arguments))
        return context.get_dummy_value()

    return types.void(array, I8, F4), generate


def copying(load, store, shift=0):
    @checked
    def copy(x, y):
        t = cuda.threadIdx.x
        store(y, t, load(x, t + shift, F4(0)))

    return copy


PAIRS = [(ptx_load, ptx_store), (llvm_load, llvm_store)]


@pytest.mark.parametrize("load, store", PAIRS)
def test_they_work_as_ever(load, store):
    x, y = np.arange(32, dtype=np.float32), np.zeros(32, np.float32)
    copying(load, store)[1, 32](x, y)
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize("load, store", PAIRS)
def test_memcheck(load, store):
    x, y = (np.zeros(32, np.float32) for _ in range(2))
    text = r"what \S+ accesses is 4 bytes at 0x\S+, and no array of the launch is there, "
    where = r"test_bare_accesses.py:\d+, thread \(\d+, 0, 0\) of block \(0, 0, 0\)"
    with pytest.raises(IndexError, match=text + where):
        copying(load, store, shift=1 << 40)[1, 32](x, y)


def test_memcheck_of_shared_memory():
    @checked
    def beyond(y, at):
        tile = cuda.shared.array(32, F4)
        for i in range(32):
            tile[i] = i
        y[0] = ptx_load_behind(tile, at, F4(0))

    y = np.zeros(1, np.float32)
    beyond[1, 1](y, 30)
    assert y[0] == 31
    text = r"what ld.shared.f32 accesses is 4 bytes at byte 128 of the shared memory, and the block"
    with pytest.raises(IndexError, match=text):
        beyond[1, 1](y, 31)


@pytest.mark.parametrize("load", [ptx_load_shared, llvm_load])
def test_initcheck(load):
    @jit(sanitize="initcheck")
    def unwritten(y, all_):
        tile = cuda.shared.array(32, F4)
        t = cuda.threadIdx.x
        if t < 16 or all_:
            ptx_store_shared(tile, t, F4(1))
        y[t] = load(tile, t, F4(0))

    unwritten[1, 32](np.zeros(32, np.float32), True)
    text = r"what \S+ accesses is read but was never written, .*thread \(16, 0, 0\).* \(16 times\)"
    with pytest.raises(InitError, match=text):
        unwritten[1, 32](np.zeros(32, np.float32), False)


@pytest.mark.parametrize("load, store", [(ptx_load_shared, ptx_store_shared), PAIRS[1]])
def test_racecheck(load, store):
    @jit(sanitize="racecheck")
    def turn(y, ordered):
        tile = cuda.shared.array(64, F4)
        t = cuda.threadIdx.x
        store(tile, t, F4(t))
        if ordered:
            cuda.syncthreads()
        y[t] = load(tile, 63 - t, F4(0))

    turn[1, 64](np.zeros(64, np.float32), True)
    with pytest.raises(RaceError, match=r"what \S+ accesses is .*, with no barrier between"):
        turn[1, 64](np.zeros(64, np.float32), False)


def test_an_intrinsic_s_own_stack_is_not_watched():
    @intrinsic
    def through_the_stack(typing_context, value):
        def generate(context, builder, signature, arguments):
            kind = ir.ArrayType(ir.FloatType(), 4)
            slot = builder.alloca(kind)
            builder.store(ir.Constant(kind, [3] * 4), slot)  # one store of four numbers
            place = builder.gep(slot, [ir.IntType(32)(0), ir.IntType(32)(2)])
            return builder.fadd(builder.load(place), arguments[0])

        return F4(F4), generate

    @checked
    def kernel(y):
        y[cuda.threadIdx.x] = through_the_stack(F4(0))

    y = np.zeros(32, np.float32)
    kernel[1, 32](y)
    assert (y == 3).all()


@intrinsic
def copy_two(typing_context, tile, x):
    """Copy two floats to a tile, and fill the other two of 16 bytes with zeros."""

    def generate(context, builder, signature, arguments):
        views = (
            context.make_array(kind)(context, builder, value=value)
            for kind, value in zip(signature.args, arguments, strict=True)
        )
        to, source = (builder.ptrtoint(each.data, ir.IntType(64)) for each in views)
        to = builder.trunc(to, ir.IntType(32))
        function = ir.FunctionType(ir.VoidType(), [to.type, source.type, to.type])
        text = "cp.async.ca.shared.global [$0], [$1], 16, $2; cp.async.wait_all;"
        assembly = ir.InlineAsm(function, text, "r,l,r", side_effect=True)
        builder.call(assembly, [to, source, to.type(8)])
        return context.get_dummy_value()

    return types.void(tile, x), generate


def test_a_copy_reads_no_more_than_it_is_told():
    @checked
    def kernel(x, y):
        tile = cuda.shared.array(4, F4)
        copy_two(tile, x)
        for i in range(4):
            y[i] = tile[i]

    x, y = np.array([1, 2], np.float32), np.ones(4, np.float32)
    kernel[1, 1](x, y)
    assert y.tolist() == [1, 2, 0, 0]
    text = r"what cp.async.ca.shared.global accesses is \d+ bytes? at 0x\S+, and no array"
    with pytest.raises(IndexError, match=text):
        kernel[1, 1](x[:1].copy(), y)
