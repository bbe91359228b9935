"""Tensor cores of Hopper: wgmma, which four warps issue and shared memory feeds; sm_90a alone.

    address of the operands   descriptor(tile, quad)
    the products              wgmma_tf32, wgmma_f16, wgmma_bf16 (acc, a, b, columns)
    their order               fence_shared(), wgmma_fence(), wgmma_commit(), wgmma_wait(...)

A and B lie in rows of 128 bytes along k, eight to 1024 bytes, with the 128-byte swizzle: quad q of
row i is at place q ^ i % 8 of its row (PTX ISA, "Asynchronous Warpgroup Level Matrix Shared Memory
Layout"). An instruction takes 32 bytes of each: 8 of TF32, 16 elements of 16 bits. Warp w of the
four has rows 16 w to 16 w + 15 of the 64. With g = lane // 4, t = lane % 4 its lanes hold

    acc[4 j], acc[4 j + 1]      C[g, 8 j + 2 t], C[g, 8 j + 2 t + 1]
    acc[4 j + 2], acc[4 j + 3]  the same of row g + 8

wgmma runs beside its warps, and reads shared memory by another way than they do (the async proxy):
fence_shared() lets it see what this thread wrote and what its copies brought, before a barrier that
it then comes behind. wgmma_fence() stands before the first of a group, as registers were written;
until wgmma_wait() nobody may touch acc, or write what is being read.

The CPU device has none of these.
"""

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic as cpu_intrinsic

from crosscheck.kernels.gpu import intrinsic
from crosscheck.kernels.ptx.instruction import I32, I64, Intrinsics, address

WARP_GROUPS = 9, 0  # the one compute capability that has wgmma

_FLOAT = ir.FloatType()
_ROWS_OF_128_BYTES = (
    1 << 16  # not used where rows are swizzled
    | (1024 >> 4) << 32  # from eight rows to the next
    | 1 << 62  # the swizzle of 128 bytes
)


def _for_both(typed) -> Intrinsics:
    """Return the intrinsic of both devices; the CPU device says that it has no such PTX."""
    return Intrinsics(cpu_intrinsic(typed), intrinsic(typed))


def _group(builder, text: str, kinds: list, operands: list, constraints: list) -> list:
    """Emit PTX that all lanes of four warps execute, in this order with other memory accesses."""
    kind = ir.LiteralStructType(kinds) if kinds else ir.VoidType()
    function = ir.FunctionType(kind, [each.type for each in operands])
    constraints = ",".join([*constraints, "~{memory}"])
    assembly = ir.InlineAsm(function, text, constraints, side_effect=True)
    made = builder.call(assembly, operands, attrs=("convergent", "nounwind"))
    return [builder.extract_value(made, i) for i in range(len(kinds))]


def _accumulate(context, builder, acc, kind, count: int, text: str, more=(), letters=()) -> None:
    """Emit PTX that changes `count` accumulators: $0 on, then as many that are tied to them."""
    start = address(context, builder, kind, acc)
    places = [builder.gep(start, [I64(i)]) for i in range(count)]
    tied = [str(i) for i in range(count)]
    given = [builder.load(place) for place in places]
    constraints = ["=f"] * count + tied + list(letters)
    made = _group(builder, text, [_FLOAT] * count, [*given, *more], constraints)
    for place, value in zip(places, made, strict=True):
        builder.store(value, place)


def _check(name: str, acc) -> None:
    if not isinstance(acc, types.Array) or acc.ndim != 1 or acc.dtype != types.float32:
        raise TypingError(f"{name}: acc is {acc}; expected float32, a local array")


def _wgmma(name: str, terms: int, kind: str, turned: str) -> Intrinsics:
    """Return the intrinsic for operands of one kind; turned: flags that only some kinds have."""

    def wgmma(typing, acc, a, b, columns):
        if not isinstance(columns, types.IntegerLiteral):
            return None  # numba asks again, with the literal
        _check(name, acc)
        n = columns.literal_value
        count = n // 2  # of a lane
        outputs = ",".join(f"${i}" for i in range(count))
        text = (
            "{ .reg .pred p; setp.ne.b32 p, 1, 0; "
            f"wgmma.mma_async.sync.aligned.m64n{n}k{terms}.f32.{kind}.{kind} "
            f"{{{outputs}}}, ${2 * count}, ${2 * count + 1}, p, 1, 1{turned}; }}"
        )

        def generate(context, builder, signature, arguments):
            acc, a, b, _ = arguments
            operands = [acc, signature.args[0], count, text, (a, b), ("l", "l")]
            _accumulate(context, builder, *operands)
            return context.get_dummy_value()

        return types.void(acc, types.uint64, types.uint64, columns), generate

    wgmma.__name__ = wgmma.__qualname__ = name
    wgmma.__doc__ = f"acc += A B of four warps, 64 x columns sums of {terms} products of {kind}."
    return _for_both(wgmma)


@_for_both
def wgmma_tf32_from(typing, acc, a, b, columns, first):
    """acc += A B as wgmma_tf32 has it, but A is in registers; if `first` is 1, acc = A B.

    a (4): what mma_tf32 has, of the warp's own 16 rows: the words of A[g, t], A[g + 8, t],
    A[g, t + 4] and A[g + 8, t + 4].
    """
    if not all(isinstance(each, types.IntegerLiteral) for each in (columns, first)):
        return None
    _check("wgmma_tf32_from", acc)
    n, count = columns.literal_value, columns.literal_value // 2
    outputs = ",".join(f"${i}" for i in range(count))
    words = ",".join(f"${2 * count + i}" for i in range(4))
    text = (
        f"{{ .reg .pred p; setp.ne.b32 p, {1 - first.literal_value}, 0; "
        f"wgmma.mma_async.sync.aligned.m64n{n}k8.f32.tf32.tf32 "
        f"{{{outputs}}}, {{{words}}}, ${2 * count + 4}, p, 1, 1; }}"
    )

    def generate(context, builder, signature, arguments):
        acc, a, b, _, _ = arguments
        start = address(context, builder, signature.args[1], a)
        given = [builder.load(builder.gep(start, [I64(i)])) for i in range(4)]
        operands = [acc, signature.args[0], count, text, (*given, b), ("r",) * 4 + ("l",)]
        _accumulate(context, builder, *operands)
        return context.get_dummy_value()

    return types.void(acc, a, types.uint64, columns, first), generate


wgmma_tf32 = _wgmma("wgmma_tf32", 8, "tf32", "")
wgmma_f16 = _wgmma("wgmma_f16", 16, "f16", ", 0, 0")
wgmma_bf16 = _wgmma("wgmma_bf16", 16, "bf16", ", 0, 0")


@_for_both
def wgmma_wait(typing, acc, columns):
    """Wait until all products of these warps are in acc, and their operands have been read."""
    if not isinstance(columns, types.IntegerLiteral):
        return None
    _check("wgmma_wait", acc)

    def generate(context, builder, signature, arguments):
        text, count = "wgmma.wait_group.sync.aligned 0;", columns.literal_value // 2
        # As operands, so that the compiler moves no use of them to before it.
        _accumulate(context, builder, arguments[0], signature.args[0], count, text)
        return context.get_dummy_value()

    return types.void(acc, columns), generate


@_for_both
def descriptor(typing, tile, quad):
    """Return what wgmma knows of an operand whose rows begin at a quad of a shared array.

    The first row's number is a multiple of 8. + 2: 32 bytes further along its rows.
    """
    if not isinstance(tile, types.Array) or tile.dtype.bitwidth != 32:
        raise TypingError(f"descriptor: tile is {tile}; expected 32-bit words")

    def generate(context, builder, signature, arguments):
        place = address(context, builder, signature.args[0], arguments[0])
        place = builder.addrspacecast(place, ir.PointerType(place.type.pointee, addrspace=3))
        start = builder.lshr(builder.ptrtoint(place, I32), I32(4))
        start = builder.add(start, builder.trunc(arguments[1], I32))
        start = builder.zext(builder.and_(start, I32(0x3FFF)), I64)
        return builder.or_(start, I64(_ROWS_OF_128_BYTES))

    return types.uint64(tile, types.int64), generate


def _order(text: str, meaning: str) -> Intrinsics:
    def ordered(typing):
        def generate(context, builder, signature, arguments):
            _group(builder, text, [], [], [])
            return context.get_dummy_value()

        return types.void(), generate

    ordered.__doc__ = meaning
    return _for_both(ordered)


fence_shared = _order(
    "fence.proxy.async.shared::cta;", "Let wgmma see what this thread brought to shared memory."
)
wgmma_fence = _order(
    "wgmma.fence.sync.aligned;", "Let wgmma see what was written to registers before."
)
wgmma_commit = _order(
    "wgmma.commit_group.sync.aligned;", "Make a group of the products that were started."
)
