"""print() in kernels: one line for each call, through the C library's printf.

As in numba-cuda, it takes integers, floats (six decimals), booleans, constant strings, threadIdx
and the like, and tuples of these, separated by blanks. Lines are never torn. Those of one thread
stay in order; those of several come as the threads run. A call with more than 32 items prints its
format instead, as on a GPU, and the launch warns.
"""

import contextlib
import ctypes
from collections.abc import Iterator

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError

from ..functions import traits
from ..machine import context, layout
from .sixteen_bit_floats.bfloat16 import Bfloat16
from .threads.coordinates import CoordinatesType

_MAX_ITEMS = 32
_PATIENCE = 1 << 24  # how often to look for a poke: some 10 ms
_PRINTF = ir.FunctionType(context.I32, [context.PTR], var_arg=True)


def lower(target, builder: ir.IRBuilder, arguments, signature) -> None:
    """Emit the printing of the arguments. Raises TypingError for one that cannot be printed."""
    formats, values = [], []
    for kind, value in zip(signature.args, arguments, strict=True):
        text, items = _item(target, builder, kind, value)
        formats.append(text)
        values += items
    line = " ".join(formats) + "\n"
    if len(arguments) > _MAX_ITEMS:
        result = (
            "The raw format string will be emitted by the kernel instead."  # numba-cuda's words
        )
        problem = f"CUDA print() cannot print more than {_MAX_ITEMS} items. {result}"
        traits.current().warnings.append(problem)
        line, values = line.replace("%", "%%"), []
    traits.current().prints = True
    printf = builder.module.globals.get("printf") or ir.Function(builder.module, _PRINTF, "printf")
    builder.call(printf, [target.insert_const_string(builder.module, line), *values])
    _let_pokes_in(builder)


def _let_pokes_in(builder: ir.IRBuilder) -> None:
    """Where a poke came inside printf, whose lock forbids to serve it, wait here for the next.

    A kernel that does nothing but print could not be interrupted otherwise. The next poke comes
    within milliseconds.
    """
    worker = context.worker(builder)
    poked = context.word_address(builder, worker, layout.POKED)
    with cgutils.for_range(builder, context.I64(_PATIENCE)) as loop:
        value = builder.load_atomic(poked, "monotonic", 8, typ=context.I64)
        with builder.if_then(builder.icmp_unsigned("==", value, context.I64(0))):
            loop.do_break()
    context.store_word(builder, worker, layout.POKED, context.I64(0))


def _item(target, builder, kind: types.Type, value) -> tuple[str, list]:
    """Return printf's format of an item, and the values for it."""
    if isinstance(kind, types.StringLiteral):
        return "%s", [target.insert_const_string(builder.module, kind.literal_value)]
    if isinstance(kind, types.BaseTuple):
        pairs = [
            _item(target, builder, item, builder.extract_value(value, n))
            for n, item in enumerate(kind)
        ]
        inner = ", ".join(text for text, _ in pairs) + ("," if len(pairs) == 1 else "")
        return f"({inner})", [item for _, items in pairs for item in items]
    if isinstance(kind, CoordinatesType):
        return "(%lld, %lld, %lld)", [kind.coordinates.load(builder, axis) for axis in range(3)]
    if isinstance(kind, types.Boolean):
        words = [target.insert_const_string(builder.module, word) for word in ("True", "False")]
        return "%s", [builder.select(target.cast(builder, value, kind, types.boolean), *words)]
    if isinstance(kind, types.Integer):
        wide = types.int64 if kind.signed else types.uint64
        return "%lld" if kind.signed else "%llu", [target.cast(builder, value, kind, wide)]
    if isinstance(kind, (types.Float, Bfloat16)):
        return "%f", [target.cast(builder, value, kind, types.float64)]
    expected = "an integer, a float, a boolean, a constant string or a tuple of these"
    raise TypingError(f"print() in a kernel is given {kind}; expected {expected}")


@contextlib.contextmanager
def in_order() -> Iterator[None]:
    """Keep the output of the launch inside in order with Python's own output."""
    print(end="", flush=True)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)
