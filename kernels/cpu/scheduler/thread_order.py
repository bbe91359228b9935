"""The order in which a worker runs threads: by number, or random and repeatable by its seed.

A race that the order by number hides may show in another. A seeded block draws one order of its
warps in every round, and one of each warp's lanes in every pass: a random number, 0 without a seed.
Between them, threads are preempted after random numbers of accesses (machine/preemption.py). The
draws depend on the seed and the block's number only.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from .intrinsics import load, store

_SEED, _RANDOM_STATE = layout.SEED, layout.RANDOM_STATE
_PREEMPT_IN, _PREEMPTIONS = layout.PREEMPT_IN, layout.PREEMPTIONS


@DeviceFunction
def seed_orders(worker, block):
    """Start a block's sequence of orders, from the launch's seed. Without one, all orders are 0."""
    seed = load(worker, _SEED)
    if seed == 0:
        store(worker, _RANDOM_STATE, 0)
    else:  # odd factors: blocks differ, and the state is never 0
        store(
            worker,
            _RANDOM_STATE,
            seed * 0x2545F4914F6CDD1D ^ (2 * block + 1) * 0x5851F42D4C957F2D | 1,
        )
        store(worker, _PREEMPT_IN, 1)
        store(worker, _PREEMPTIONS, 0)


@DeviceFunction
def permuted(order, place, places):
    """Return the number at `place` in this order of `places` numbers, a power of two.

    Order 0 is the identity.
    """
    return place * ((order >> 40) | 1) + (order >> 20) & places - 1
