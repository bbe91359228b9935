"""A row that threads keep in their registers: a warp up to 1024 elements, a block up to 4096.

Thread t of `width` threads holds the elements t, t + width, ... of its row, up to `kept` of them,
so that a warp reads neighbours. It loads all of them before it looks at the first: a row is read
once, and as many loads are under way as a thread keeps. Sums and the largest go from lane to lane
by shuffles, and from warp to warp of a block through shared memory, in a fixed order: every thread
gets the same bits.

A kernel with a Holder's functions is launched by `launch`. It has the holder's `bounds`, without
which 512 threads may ask for more registers than there are, and one array for all reductions,

    scratch = cuda.shared.array(WARPS, real)        # the holder's `warps`
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from crosscheck.kernels.launch import Kernel, cuda, device_function, index, real
from crosscheck.kernels.warp_reduce import WARP, row_and_lane, warp_max, warp_sum

THREADS = 128  # of a block, each of whose warps has a row of its own
ONE_ROW = ((WARP, 4), (WARP, 32), (512, 8))  # (width, kept)
TWO_ROWS = ((WARP, 4), (WARP, 16), (512, 8))  # of kernels that keep two, and spill with 2 * 32
MOST = 512 * 8  # elements of a row


class Holder(NamedTuple):
    """Device functions for rows of at most width * kept elements.

    place    () -> the row, and the thread's number t in it
    load     (array, row, t, kept, rest): array (rows, n, 1) to the local array `kept`, `rest`
             behind n
    sum      (value, t, scratch) -> the sum over the threads of the row
    max      (kept, t, scratch) -> m, the largest of the row as log_sum_exp.py has it
    sum_exp  (kept, m, t, scratch) -> the sum of exp(x - m) over the row; NaN is in it. `rest` is
             -inf, which adds 0 where the row is not NaN anyway
    to_exp   like sum_exp, and `kept` becomes exp(x - m)
    """

    width: int
    kept: int
    warps: int
    bounds: tuple[int, int] | None
    place: Callable
    load: Callable
    sum: Callable
    max: Callable
    sum_exp: Callable
    to_exp: Callable


@device_function
def sum_of_warp(value, t, scratch):
    return warp_sum(value)


@device_function
def max_of_warp(value, t, scratch):
    return warp_max(value)


@device_function
def block_sum(value, t, scratch):
    """Return the sum over the block: of its warps, in their order."""
    value = warp_sum(value)
    if t % WARP == 0:
        scratch[t // WARP] = value
    cuda.syncthreads()  # every warp's sum is there
    total = scratch[0]
    for warp in range(1, scratch.shape[0]):
        total += scratch[warp]
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return total


@device_function
def block_max(value, t, scratch):
    """Return the largest of the block; none is NaN."""
    value = warp_max(value)
    if t % WARP == 0:
        scratch[t // WARP] = value
    cuda.syncthreads()  # every warp's largest is there
    largest = scratch[0]
    for warp in range(1, scratch.shape[0]):
        largest = max(largest, scratch[warp])
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return largest


@device_function
def row_of_block():
    return index(cuda.blockIdx.x), index(cuda.threadIdx.x)


@cache
def holder(WIDTH: int, KEPT: int) -> Holder:
    """Return the functions for rows of at most WIDTH * KEPT elements."""
    of_warp = WIDTH == WARP
    place = row_and_lane if of_warp else row_of_block
    total, largest = (sum_of_warp, max_of_warp) if of_warp else (block_sum, block_max)

    @device_function
    def load(array, row, t, kept, rest):
        for i in range(KEPT):
            j = t + index(WIDTH * i)
            kept[i] = array[row, j, 0] if j < index(array.shape[1]) else rest

    @device_function
    def row_max(kept, t, scratch):
        m = real(-math.inf)
        for i in range(KEPT):
            m = max(m, kept[i]) if kept[i] == kept[i] else m
        return largest(m, t, scratch)

    @device_function
    def row_sum_exp(kept, m, t, scratch):
        s = real(0)
        for i in range(KEPT):
            s += math.exp(kept[i] - m)
        return total(s, t, scratch)

    @device_function
    def row_to_exp(kept, m, t, scratch):
        s = real(0)
        for i in range(KEPT):
            kept[i] = math.exp(kept[i] - m)
            s += kept[i]
        return total(s, t, scratch)

    warps, bounds = WIDTH // WARP, None if of_warp else (WIDTH, 1)
    return Holder(WIDTH, KEPT, warps, bounds, place, load, total, row_max, row_sum_exp, row_to_exp)


def unsupported(n: int, inner: int) -> str:
    """Return why threads cannot keep a row of n elements that are `inner` apart, "" if they can."""
    if n > MOST:
        return f"rows have {n} elements; expected at most {MOST}"
    return "" if inner == 1 else f"elements are {inner} apart; expected neighbours"


def launch(
    build: Callable[[Holder], Kernel],
    rows: int,
    n: int,
    *arguments: Any,
    sizes: Sequence[tuple[int, int]] = ONE_ROW,
) -> None:
    """Launch build(holder)(*arguments) for rows of n elements, with the smallest holder."""
    size = next((width, kept) for width, kept in sizes if n <= width * kept)
    kernel = build(holder(*size))
    if size[0] == WARP:
        kernel.forall(rows * WARP, THREADS)(*arguments)
    else:
        kernel[rows, size[0]](*arguments)
