"""The loop over blocks inside a kernel whose threads never wait for each other.

Through the scheduler, each block would cost a switch to a fiber and back, some 70 ns: more than the
block's threads take if each adds two numbers. The loop takes several neighbouring blocks at once.
One by one, two cores would write to the same cache lines and be no faster than one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from llvmlite import ir
from numba.core import cgutils

from . import context, layout


@contextmanager
def for_each_block(builder: ir.IRBuilder, worker: ir.Value) -> Iterator[None]:
    """Emit the loop over the blocks that this worker takes; its body is what is emitted inside."""
    blocks, at_once = (
        context.load_word(builder, worker, word) for word in (layout.BLOCKS, layout.BLOCKS_AT_ONCE)
    )
    counter = builder.inttoptr(
        context.load_word(builder, worker, layout.BLOCK_COUNTER), context.PTR
    )
    take, run, done = (builder.append_basic_block(name) for name in ("take", "run", "done"))
    builder.branch(take)
    builder.position_at_end(take)
    first = builder.atomic_rmw("add", counter, at_once, "monotonic")
    builder.cbranch(builder.icmp_unsigned("<", first, blocks), run, done)
    builder.position_at_end(run)
    end = builder.add(first, at_once)
    last = builder.select(builder.icmp_unsigned("<", end, blocks), end, blocks)
    with cgutils.for_range_slice(builder, first, last, context.I64(1)) as (number, _):
        _leave_if_stopped(builder, counter, done)
        _begin(builder, worker, number)
        yield
    builder.branch(take)
    builder.position_at_end(done)


def _leave_if_stopped(builder: ir.IRBuilder, counter: ir.Value, done: ir.Block) -> None:
    """Leave the loop where the launch has failed or was interrupted."""
    seen = builder.load_atomic(counter, "monotonic", 8, typ=context.I64)
    go_on = builder.append_basic_block("go_on")
    stopped = builder.icmp_unsigned(">=", seen, context.I64(layout.STOPPED))
    builder.cbranch(stopped, done, go_on)
    builder.position_at_end(go_on)


def _begin(builder: ir.IRBuilder, worker: ir.Value, number: ir.Value) -> None:
    """Poison shared memory where the sanitizer asks for it, and store blockIdx.

    Nothing may come between this store and the kernel: LLVM then forwards the stored value to the
    kernel's loads. A load behind the kernel's own guard could not be hoisted out of the loop over
    threads, which would then not be vectorized.
    """
    poisoned = context.load_word(builder, worker, layout.POISONED_BYTES)
    with builder.if_then(builder.icmp_unsigned("!=", poisoned, context.I64(0)), likely=False):
        shared = builder.inttoptr(context.load_word(builder, worker, layout.SHARED), context.PTR)
        cgutils.memset(builder, shared, poisoned, layout.POISON)
    columns, rows = (context.load_word(builder, worker, layout.GRID_DIM + axis) for axis in (0, 1))
    row = builder.udiv(number, columns)
    positions = builder.urem(number, columns), builder.urem(row, rows), builder.udiv(row, rows)
    for axis, position in enumerate(positions):
        small = builder.and_(position, context.I64((1 << 31) - 1))  # tells LLVM the largest grid
        context.store_word(builder, worker, layout.BLOCK_IDX + axis, small)
