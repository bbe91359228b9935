"""The random numbers of a worker: xorshift64 (Marsaglia, Xorshift RNGs, 2003), for which 0 stays 0.

One sequence for each block of a launch with a seed: scheduler/thread_order.py starts it. It orders
threads, and says when one is preempted.
"""

from llvmlite import ir

from . import context, layout


def advance(builder: ir.IRBuilder, worker: ir.Value) -> ir.Value:
    """Emit the step to the next number; return it."""
    state = context.load_word(builder, worker, layout.RANDOM_STATE)
    for shift, bits in ((builder.shl, 13), (builder.lshr, 7), (builder.shl, 17)):
        state = builder.xor(state, shift(state, context.I64(bits)))
    context.store_word(builder, worker, layout.RANDOM_STATE, state)
    return state
