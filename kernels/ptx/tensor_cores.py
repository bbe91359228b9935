"""Tensor cores: mma.sync, and what brings its operands into shape.

A warp multiplies a tile of A by one of B and adds the products to its accumulators. Which elements
a lane holds is NVIDIA's choice (PTX ISA, "Matrix fragments for mma.m16n8k8" and "m16n8k16"). With
g = lane // 4, t = lane % 4, a word being a TF32 or two neighbours along k of 16 bits:

    a[0] = A[g, t]    a[1] = A[g + 8, t]    a[2] = A[g, t + 4]    a[3] = A[g + 8, t + 4]
    b[first] = B[t, g]                      b[first + 1] = B[t + 4, g]
    acc[0], acc[1] = C[g, 2 t], C[g, 2 t + 1]
    acc[2], acc[3] = C[g + 8, 2 t], C[g + 8, 2 t + 1]

The CPU device runs the same instructions: kernels/cpu/language/ptx has their meaning.
"""

from functools import partial

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic as cpu_intrinsic

from crosscheck.kernels.gpu import intrinsic
from crosscheck.kernels.ptx import in_python
from crosscheck.kernels.ptx.instruction import I32, I64, Intrinsics, address

_FLOAT = ir.FloatType()


def _for_both(typed, in_debugger=None) -> Intrinsics:
    """Return the intrinsic of both devices: on each it is the same PTX."""
    on_cpu = cpu_intrinsic(typed)
    on_cpu.in_python = in_debugger
    return Intrinsics(on_cpu, intrinsic(typed))


def _warp_instruction(builder, text: str, results: list, operands: list, constraints: str) -> list:
    """Emit PTX that all lanes execute: convergent, so the compiler adds no condition to it."""
    kind = ir.LiteralStructType(results)
    function = ir.FunctionType(kind, [each.type for each in operands])
    assembly = ir.InlineAsm(function, text, constraints, side_effect="memory" in constraints)
    made = builder.call(assembly, operands, attrs=("convergent", "nounwind"))
    return [builder.extract_value(made, i) for i in range(len(results))]


def _check(name: str, argument: str, given, dtype: types.Type, expected: str) -> None:
    if not isinstance(given, types.Array) or given.ndim != 1 or given.dtype != dtype:
        raise TypingError(f"{name}: {argument} is {given}; expected {expected}")


@_for_both
def to_tf32(typing, word):
    """Return the bits of a float32, a uint32, rounded to TF32: to nearest, ties away from zero."""

    def generate(context, builder, signature, arguments):
        function = ir.FunctionType(I32, [_FLOAT])
        assembly = ir.InlineAsm(function, "cvt.rna.tf32.f32 $0, $1;", "=r,f")
        return builder.call(assembly, [builder.bitcast(arguments[0], _FLOAT)])

    return types.uint32(types.uint32), generate


def _mma(name: str, shape: str, kind: str) -> Intrinsics:
    """Return the intrinsic for operands of one kind."""
    text = (
        f"mma.sync.aligned.{shape}.row.col.f32.{kind}.{kind}.f32 "
        "{$0,$1,$2,$3}, {$4,$5,$6,$7}, {$8,$9}, {$10,$11,$12,$13};"
    )
    constraints = ",".join(["=f"] * 4 + ["r"] * 6 + ["f"] * 4)

    def mma(typing, acc, a, b, first):
        if not isinstance(first, types.IntegerLiteral):
            return None  # numba asks again, with the literal
        _check(name, "acc", acc, types.float32, "4 float32, a view of a local array")
        _check(name, "a", a, types.uint32, "4 words of uint32")
        _check(name, "b", b, types.uint32, "words of uint32")

        def generate(context, builder, signature, arguments):
            accumulators, rows, columns = (
                address(context, builder, kind, array)
                for kind, array in zip(signature.args[:3], arguments[:3], strict=True)
            )
            columns = builder.gep(columns, [I64(first.literal_value)])
            parts = (rows, 4), (columns, 2), (accumulators, 4)
            places = [builder.gep(start, [I64(i)]) for start, count in parts for i in range(count)]
            given = [builder.load(place) for place in places]
            made = _warp_instruction(builder, text, [_FLOAT] * 4, given, constraints)
            for place, value in zip(places[6:], made, strict=True):
                builder.store(value, place)
            return context.get_dummy_value()

        return types.void(acc, a, b, first), generate

    mma.__name__ = mma.__qualname__ = name
    mma.__doc__ = f"acc += A B of a warp, 16 x 8 sums of products of {kind}: see the file's words."
    return _for_both(mma, in_python.mma(kind))


mma_tf32 = _mma("mma_tf32", "m16n8k8", "tf32")
mma_f16 = _mma("mma_f16", "m16n8k16", "f16")
mma_bf16 = _mma("mma_bf16", "m16n8k16", "bf16")


@partial(_for_both, in_debugger=in_python.load_transposed)
def load_transposed(typing, words, tile, quad):
    """Fill words, 4 uint32, with four 8 x 8 matrices of 16-bit elements, transposed.

    tile is a shared array (quads, 4) of 32-bit words; a row of a matrix is a quad. Lane 8 m + r
    names row r of matrix m: `quad`. Then words[m] of lane 4 g + t has the elements of rows 2 t and
    2 t + 1 in column g of matrix m: what a word of A or B has, where the tile's rows run along k.
    """
    _check("load_transposed", "words", words, types.uint32, "4 words of uint32")
    if not isinstance(tile, types.Array) or tile.ndim != 2 or tile.dtype.bitwidth != 32:
        raise TypingError(f"load_transposed: tile is {tile}; expected quads of 32-bit words")
    text = "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$0,$1,$2,$3}, [$4];"

    def generate(context, builder, signature, arguments):
        given, tile, quad = arguments
        row = address(context, builder, signature.args[1], tile, builder.shl(quad, I64(2)))
        row = builder.addrspacecast(row, ir.PointerType(row.type.pointee, addrspace=3))
        operands = [builder.ptrtoint(row, I32)]
        constraints = "=r,=r,=r,=r,r,~{memory}"
        loaded = _warp_instruction(builder, text, [I32] * 4, operands, constraints)
        to = address(context, builder, signature.args[0], given)
        for i, value in enumerate(loaded):
            builder.store(value, builder.gep(to, [I64(i)]))
        return context.get_dummy_value()

    return types.void(words, tile, types.int64), generate
