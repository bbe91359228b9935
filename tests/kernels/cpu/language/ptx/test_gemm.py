"""A script's matrix product with inline PTX of its own: cp.async, ldmatrix, cvt.rna and mma."""

import numpy as np
import pytest
from llvmlite import ir
from numba import cuda
from numba.core import types

from crosscheck.kernels.cpu import BarrierError, RaceError, jit, modes
from crosscheck.kernels.cpu.cuda.extending import intrinsic

F4, U4, U8, VOID = types.float32, types.uint32, types.uint64, types.void
I32, I64 = ir.IntType(32), ir.IntType(64)


def address_of(space):
    """Return the intrinsic of a flat element's address: 32 bits in shared memory, 64 in global."""

    def address(typing_context, array, at):
        def generate(context, builder, signature, arguments):
            data = context.make_array(signature.args[0])(context, builder, value=arguments[0]).data
            pointer = builder.gep(data, [arguments[1]])
            if space == "shared":
                kind = ir.PointerType(pointer.type.pointee, addrspace=3)
                return builder.ptrtoint(builder.addrspacecast(pointer, kind), I32)
            return builder.ptrtoint(pointer, I64)

        return (U4 if space == "shared" else U8)(array, types.int64), generate

    return intrinsic(address)


in_shared, in_global = address_of("shared"), address_of("global")


@intrinsic
def load_fragment(typing_context, address):
    """A 16 x 8 tile of TF32: four matrices of 8 rows of 16 bytes."""

    def generate(context, builder, signature, arguments):
        text = "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0,$1,$2,$3}, [$4];"
        function = ir.FunctionType(ir.LiteralStructType([I32] * 4), [I32])
        assembly = ir.InlineAsm(function, text, "=r,=r,=r,=r,r,~{memory}", side_effect=True)
        made = builder.call(assembly, arguments, attrs=("convergent", "nounwind"))
        values = [builder.extract_value(made, n) for n in range(4)]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(U4, 4)(U4), generate


@intrinsic
def multiply(typing_context, a, b, c):
    def generate(context, builder, signature, arguments):
        text = (
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
            "{$0,$1,$2,$3}, {$4,$5,$6,$7}, {$8,$9}, {$10,$11,$12,$13};"
        )
        given = [
            builder.extract_value(each, n)
            for each, count in zip(arguments, (4, 2, 4), strict=True)
            for n in range(count)
        ]
        real = ir.FloatType()
        function = ir.FunctionType(
            ir.LiteralStructType([real] * 4), [value.type for value in given]
        )
        constraints = ",".join(["=f"] * 4 + ["r"] * 6 + ["f"] * 4)
        made = builder.call(ir.InlineAsm(function, text, constraints), given, attrs=("convergent",))
        values = [builder.extract_value(made, n) for n in range(4)]
        return context.make_tuple(builder, signature.return_type, values)

    c_type = types.UniTuple(F4, 4)
    return c_type(types.UniTuple(U4, 4), types.UniTuple(U4, 2), c_type), generate


@pytest.fixture
def gemm(inline):
    """Return (jit, wait groups, lanes, ...) -> a kernel c (16, 8) = a (16, k) b (k, 8), in stages.

    With `lanes` below 32 fewer lanes multiply; `half` lets each half of the warp do it elsewhere.
    """
    copy = inline("cp.async.cg.shared.global [$0], [$1], 16;", "r,l,~{memory}", VOID, U4, U8)
    commit = inline("cp.async.commit_group;", "~{memory}", VOID)
    to_tf32 = inline("cvt.rna.tf32.f32 $0, $1;", "=r,f", U4, F4)

    def make(jit=jit, pending=1, lanes=32, half=False, early=False, overwrite=False):
        wait = inline(f"cp.async.wait_group {pending};", "~{memory}", VOID)

        @jit
        def kernel(a, b, c, k):
            rows = cuda.shared.array((2, 128), F4, alignment=16)
            columns = cuda.shared.array((2, 64), F4, alignment=16)
            lane = cuda.threadIdx.x
            g, t = lane // 4, lane % 4
            row, at = lane // 2, lane % 2 * 4
            acc = (F4(0), F4(0), F4(0), F4(0))
            copy(in_shared(rows, row * 8 + at), in_global(a, row * k + at))
            if lane < 16:
                copy(in_shared(columns, row * 8 + at), in_global(b, row * 8 + at))
            commit()
            for first in range(0, k, 8):
                now = first // 8 % 2
                further = first + 8
                if further < k:
                    to = 1 - now
                    copy(in_shared(rows, to * 128 + lane * 4), in_global(a, row * k + further + at))
                    if lane < 16:
                        source = in_global(b, (further + row) * 8 + at)
                        copy(in_shared(columns, to * 64 + lane * 4), source)
                commit()
                if overwrite and first == 0:
                    a[row * k + at + 1] = F4(0)
                wait()
                if not early:
                    cuda.syncwarp()
                if lane < lanes:
                    place = now * 128 + lane % 16 * 8 + lane // 16 * 4
                    left = load_fragment(in_shared(rows, place))
                    right = (
                        to_tf32(columns[now, t * 8 + g]),
                        to_tf32(columns[now, (t + 4) * 8 + g]),
                    )
                    if half and lane < 16:
                        acc = multiply(left, right, acc)
                    else:
                        acc = multiply(left, right, acc)
                cuda.syncwarp()
            for i in range(4):
                c[(g + i // 2 * 8) * 8 + 2 * t + i % 2] = acc[i]

        return kernel

    return make


def product(kernel, k=32):
    random = np.random.default_rng(3)
    a, b = (random.integers(-9, 10, shape).astype(np.float32) for shape in ((16, k), (k, 8)))
    c = np.zeros((16, 8), np.float32)
    kernel[1, 32](a.ravel(), b.ravel(), c.reshape(-1), k)
    return c, a @ b


@pytest.mark.parametrize("model", ["h100", "a100", "exact"])
def test_it_runs(gemm, model):
    with modes.using(mma=model):
        np.testing.assert_array_equal(*product(gemm()))


def test_the_sanitizer_finds_nothing_in_it(gemm):
    np.testing.assert_array_equal(*product(gemm(jit(sanitize=True, same_value=True))))


@pytest.mark.parametrize("seed", [1, 2])
def test_it_runs_in_any_order_of_lanes(gemm, seed):
    np.testing.assert_array_equal(*product(gemm(jit(seed=seed, sanitize=True))))


def test_a_weaker_wait_is_found(gemm):
    landed = r"what ldmatrix.x4 accesses is read, .* before the copy has landed that .* started at"
    with pytest.raises(RaceError, match=landed):
        product(gemm(jit(sanitize="racecheck"), pending=2))


def test_ldmatrix_reads_rows_that_other_lanes_wrote(gemm):
    read = r"what ldmatrix.x4 accesses is written, .* and read, .* with no barrier between"
    with pytest.raises(RaceError, match=read):
        product(gemm(jit(sanitize="racecheck"), early=True))


def test_lanes_that_do_not_come_are_found(gemm):
    text = r"wait at ldmatrix.x4, which all 32 lanes of a warp must reach together, test_gemm.py"
    with pytest.raises(BarrierError, match=text):
        product(gemm(lanes=31))


def test_lanes_at_different_instructions_are_found(gemm):
    text = r"wait at mma.sync.tf32, which all .* 15 more wait at mma.sync.tf32, which all"
    with pytest.raises(BarrierError, match=text):
        product(gemm(half=True))


def test_a_write_to_what_is_still_copied_is_found(gemm):
    landed = r"a\[1\] is written, .* before the copy from it has landed that .* started at"
    with pytest.raises(RaceError, match=landed):
        product(gemm(jit(sanitize="racecheck"), overwrite=True))
