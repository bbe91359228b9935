"""The order in which a worker runs threads: by number, or a random one that a seed repeats.

A race that the plain order hides comes out in another. A seeded block draws an order for its warps
in every round and one for each warp's lanes in every pass; the draws depend on the seed and on the
block's number alone.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from .intrinsics import load, store

_SEED, _RANDOM = layout.SEED, layout.RANDOM


@DeviceFunction
def begin_order(worker, block):
    """Start a block's sequence of orders; without a seed it is a sequence of zeros."""
    seed = load(worker, _SEED)
    if seed == 0:
        store(worker, _RANDOM, 0)
    else:  # odd factors: blocks differ, and no product is 0
        store(worker, _RANDOM, seed * 0x2545F4914F6CDD1D ^ (2 * block + 1) * 0x5851F42D4C957F2D | 1)


@DeviceFunction
def draw(worker):
    """Return the next order: Marsaglia's xorshift64, which stays at 0 (Xorshift RNGs, 2003)."""
    state = load(worker, _RANDOM)
    state ^= state << 13
    state ^= state >> 7 & (1 << 57) - 1
    state ^= state << 17
    store(worker, _RANDOM, state)
    return state


@DeviceFunction
def shuffled(order, place, places):
    """Return whose turn comes at `place`; `places` is a power of two. Order 0 is by number."""
    return place * ((order >> 40) | 1) + (order >> 20) & places - 1
