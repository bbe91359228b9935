"""Takes the blocks of a launch in the code of the kernel itself, where its threads never wait.

The scheduler's way, a switch to a fiber and back, would cost a block some 70 ns: more than its
threads take if each adds two numbers. Several blocks are taken at once, neighbours in the grid:
one by one, two cores would write into the same cache lines, and two be no faster than one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from llvmlite import ir
from numba.core import cgutils

from . import context, layout


@contextmanager
def taken(builder: ir.IRBuilder, worker: ir.Value) -> Iterator[None]:
    """Emit what is inside once for every block that this worker takes, until none is left."""
    blocks, step = (context.word(builder, worker, word) for word in (layout.BLOCKS, layout.STEP))
    counter = builder.inttoptr(context.word(builder, worker, layout.COUNTER), context.PTR)
    take, run, done = (builder.append_basic_block(name) for name in ("take", "run", "done"))
    builder.branch(take)
    builder.position_at_end(take)
    first = builder.atomic_rmw("add", counter, step, "monotonic")
    builder.cbranch(builder.icmp_unsigned("<", first, blocks), run, done)
    builder.position_at_end(run)
    end = builder.add(first, step)
    last = builder.select(builder.icmp_unsigned("<", end, blocks), end, blocks)
    with cgutils.for_range_slice(builder, first, last, context.I64(1)) as (number, _):
        _leave_if_stopped(builder, counter, done)
        _begin(builder, worker, number)
        yield
    builder.branch(take)
    builder.position_at_end(done)


def _leave_if_stopped(builder: ir.IRBuilder, counter: ir.Value, done: ir.Block) -> None:
    """Take no other block where the launch has failed, or was interrupted."""
    seen = builder.load_atomic(counter, "monotonic", 8, typ=context.I64)
    go_on = builder.append_basic_block("go_on")
    stopped = builder.icmp_unsigned(">=", seen, context.I64(layout.STOPPED))
    builder.cbranch(stopped, done, go_on)
    builder.position_at_end(go_on)


def _begin(builder: ir.IRBuilder, worker: ir.Value, number: ir.Value) -> None:
    """Fill shared memory where the sanitizer wants that, and write blockIdx.

    The kernel is given what is written, not what it would load: a load behind its guard could not
    leave the loop over threads, which would then have no vectors. So nothing may come in between.
    """
    poisoned = context.word(builder, worker, layout.POISONED)
    with builder.if_then(builder.icmp_unsigned("!=", poisoned, context.I64(0)), likely=False):
        shared = builder.inttoptr(context.word(builder, worker, layout.SHARED), context.PTR)
        cgutils.memset(builder, shared, poisoned, layout.POISON)
    columns, rows = (context.word(builder, worker, layout.GRID_DIM + axis) for axis in (0, 1))
    row = builder.udiv(number, columns)
    positions = builder.urem(number, columns), builder.urem(row, rows), builder.udiv(row, rows)
    for axis, position in enumerate(positions):
        small = builder.and_(position, context.I64((1 << 31) - 1))  # shows LLVM the limit of a grid
        context.put(builder, worker, layout.BLOCK_IDX + axis, small)
