"""Takes a thread off its core before some of its accesses to memory, in a launch with a seed.

On a GPU another warp may run between a thread's load and its store. Here threads switch only where
one waits, so without preemption `count[0] += 1` never loses an update. A preempted thread is ready:
it goes on in the next round, after other threads. Atomic operations are one access, and an
operation of a warp has none, so both stay whole.

The distance to the next preemption is random, and grows with the number of preemptions: n accesses
of a block are preempted about 11 sqrt(n) times. So a long block is not slowed down, nor does it
look like one that polls (PATIENCE in scheduler/blocks.py).
"""

from llvmlite import ir

from . import context, fibers, layout, random_numbers

_NAME = f"{__package__}.preempt"
_SHORTEST = 8  # the first distances are 1 to this
_GROWTH = 6  # each 2^6 preemptions, the distances grow by one


def before_access(builder: ir.IRBuilder) -> None:
    """Emit the preemption that may be due."""
    worker = context.worker(builder)
    left = builder.sub(context.load_word(builder, worker, layout.PREEMPT_IN), context.I64(1))
    context.store_word(builder, worker, layout.PREEMPT_IN, left)
    with builder.if_then(builder.icmp_signed("==", left, context.I64(0)), likely=False):
        builder.call(_preempt(builder.module), [])


def _preempt(module: ir.Module) -> ir.Function:
    """Return the module's function that draws the next distance and leaves the thread."""
    found = module.globals.get(_NAME)
    if found:
        return found
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), _NAME)
    function.linkage = "linkonce_odr"  # each device function's module has it
    function.attributes.add("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    worker = context.worker(builder)
    count = context.load_word(builder, worker, layout.PREEMPTIONS)
    context.store_word(builder, worker, layout.PREEMPTIONS, builder.add(count, context.I64(1)))
    number = random_numbers.advance(builder, worker)
    drawn = builder.and_(builder.lshr(number, context.I64(40)), context.I64(_SHORTEST - 1))
    growth = builder.lshr(count, context.I64(_GROWTH))
    distance = builder.add(builder.add(drawn, growth), context.I64(1))
    context.store_word(builder, worker, layout.PREEMPT_IN, distance)
    fibers.leave(builder, layout.READY)
    builder.ret_void()
    return function
