"""Stand-in until kernels.ptx has them: to_tf32, mma_tf32, words' copies and stores."""

import numpy as np
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.launch import cuda, device_function
from crosscheck.kernels.ptx import async_copies
from crosscheck.kernels.ptx.instruction import I32, I64, address, instruction

F32 = ir.FloatType()


def _to_tf32(typing, word):
    def generate(context, builder, signature, arguments):
        value = builder.bitcast(arguments[0], F32)
        function = ir.FunctionType(I32, [F32])
        asm = ir.InlineAsm(function, "cvt.rna.tf32.f32 $0, $1;", "=r,f")
        return builder.call(asm, [value])

    return types.uint32(types.uint32), generate


@instruction(_to_tf32)
def to_tf32(word):
    finite = word & np.uint32(0x7F800000) != np.uint32(0x7F800000)
    return np.uint32((word + np.uint32(0x1000)) & np.uint32(0xFFFFE000)) if finite else word


@instruction(async_copies._copy_quad_async)
def copy_quad_async(tile, quad, array, at, inside):
    for i in range(4):
        value = np.uint32(0)
        if inside:
            value = array[np.int64(at) + i]
        tile[quad, i] = value
        async_copies.copy_started(tile, (quad, i))


def _mma(shape, kind):
    text = f"mma.sync.aligned.{shape}.row.col.f32.{kind}.{kind}.f32 "
    text += "{$0,$1,$2,$3}, {$4,$5,$6,$7}, {$8,$9}, {$10,$11,$12,$13};"
    constraints = ",".join(["=f"] * 4 + ["r"] * 6 + ["f"] * 4)

    def mma(typing, acc, a, b, first):
        def generate(context, builder, signature, arguments):
            pairs = zip(signature.args[:3], arguments)
            accs, rows, columns = (address(context, builder, *each) for each in pairs)
            columns = builder.gep(columns, [arguments[3]])
            places = [builder.gep(p, [I64(i)]) for p, n in ((rows, 4), (columns, 2), (accs, 4)) for i in range(n)]
            given = [builder.load(place) for place in places]
            kind = ir.LiteralStructType([F32] * 4)
            function = ir.FunctionType(kind, [value.type for value in given])
            asm = ir.InlineAsm(function, text, constraints)
            made = builder.call(asm, given, attrs=("convergent", "nounwind"))
            for i, place in enumerate(places[6:]):
                builder.store(builder.extract_value(made, i), place)
            return context.get_dummy_value()

        return types.void(acc, a, b, types.int64), generate

    return mma


@device_function
def _as_float(word):
    return cuda.libdevice.int_as_float(np.int32(word))


@device_function
def _half(bits):
    size = np.uint32((bits & np.uint32(0x7FFF)) << np.uint32(13))
    big = np.uint32(size | np.uint32(0x70000000))
    value = _as_float(big) if size >= np.uint32(0x0F800000) else _as_float(size) * np.float32(2.0**112)
    return -value if bits & np.uint32(0x8000) else value


@device_function
def _product_tf32(a, b):
    cut = np.uint32(0xFFFFE000)
    return np.float64(_as_float(np.uint32(a & cut))) * np.float64(_as_float(np.uint32(b & cut)))


@device_function
def _product_f16(a, b):
    low, high = np.uint32(0xFFFF), np.uint32(16)
    one = np.float64(_half(np.uint32(a & low))) * np.float64(_half(np.uint32(b & low)))
    return one + np.float64(_half(np.uint32(a >> high))) * np.float64(_half(np.uint32(b >> high)))


@device_function
def _product_bf16(a, b):
    low, high = np.uint32(16), np.uint32(0xFFFF0000)
    one = np.float64(_as_float(np.uint32(a << low))) * np.float64(_as_float(np.uint32(b << low)))
    return one + np.float64(_as_float(np.uint32(a & high))) * np.float64(_as_float(np.uint32(b & high)))


def _meaning(product):
    def mma(acc, a, b, first):
        words = cuda.shared.array((8, 6, 32), np.uint32)
        lane, warp = cuda.threadIdx.x % 32, cuda.threadIdx.x // 32
        for i in range(4):
            words[warp, i, lane] = a[i]
        words[warp, 4, lane] = b[first]
        words[warp, 5, lane] = b[first + 1]
        cuda.syncwarp()
        for i in range(4):
            row, column = lane // 4 * 4, (lane % 4 * 2 + i % 2) * 4
            total = np.float64(acc[i])
            for t in range(4):
                total += product(words[warp, i // 2, row + t], words[warp, 4, column + t])
                total += product(words[warp, i // 2 + 2, row + t], words[warp, 5, column + t])
            acc[i] = np.float32(total)
        cuda.syncwarp()

    return mma


mma_tf32 = instruction(_mma("m16n8k8", "tf32"))(_meaning(_product_tf32))
mma_f16 = instruction(_mma("m16n8k16", "f16"))(_meaning(_product_f16))
mma_bf16 = instruction(_mma("m16n8k16", "bf16"))(_meaning(_product_bf16))


def _load_transposed(typing, words, tile, quad):
    def generate(context, builder, signature, arguments):
        at = builder.shl(arguments[2], I64(2))
        pointer = address(context, builder, signature.args[1], arguments[1], at)
        pointer = builder.addrspacecast(pointer, ir.PointerType(pointer.type.pointee, addrspace=3))
        text = "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$0,$1,$2,$3}, [$4];"
        function = ir.FunctionType(ir.LiteralStructType([I32] * 4), [I32])
        asm = ir.InlineAsm(function, text, "=r,=r,=r,=r,r,~{memory}", side_effect=True)
        made = builder.call(asm, [builder.ptrtoint(pointer, I32)], attrs=("convergent", "nounwind"))
        to = address(context, builder, signature.args[0], arguments[0])
        for i in range(4):
            builder.store(builder.extract_value(made, i), builder.gep(to, [I64(i)]))
        return context.get_dummy_value()

    return types.void(words, tile, types.int64), generate


@instruction(_load_transposed)
def load_transposed(words, tile, quad):
    places = cuda.shared.array((8, 32), np.int64)
    lane, warp = cuda.threadIdx.x % 32, cuda.threadIdx.x // 32
    places[warp, lane] = quad
    cuda.syncwarp()
    for m in range(4):
        low = tile[places[warp, 8 * m + lane % 4 * 2], lane // 8]
        high = tile[places[warp, 8 * m + lane % 4 * 2 + 1], lane // 8]
        shift = np.uint32(16 * (lane // 4 % 2))
        one = np.uint32((low >> shift) & np.uint32(0xFFFF))
        words[m] = np.uint32(one | np.uint32(((high >> shift) & np.uint32(0xFFFF)) << np.uint32(16)))
    cuda.syncwarp()
