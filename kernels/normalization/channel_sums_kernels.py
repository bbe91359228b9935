"""Two sums for every channel, of one read of the activations: the reductions of `one_pass`.

    sums[0, part, c], sums[1, part, c] = sums of terms(x, dy, center(c)) over a part of channel c

Several blocks take a part of a channel each, so that 64 channels fill a GPU, too; whoever uses the
sums adds the parts in order. Each thread loads UNROLLED vectors of 4 neighbours (or of 1, where 4
are not of one channel or one pixel) before it adds the first, into as many sums as a vector is
long. All orders are fixed: the same bits in every run.

    planes    pixels innermost: a block takes a part of one channel; lane t reads what follows
              lane t - 1, and a tree adds the threads' sums
    columns   channels innermost: a block takes WIDTH neighbouring channels, so that its warps read
              128 bytes of a pixel; a thread keeps to its channels, and the threads of a channel are
              added in order

Bytes: each element once (4 for the statistics, 8 for the gradients, which read x and dy), where
`tree` reads x twice for the statistics, and in channels_last moves 8 times the bytes it uses.
Instructions an element in rounds of quads: statistics 6.4 in planes and 4.0 in columns, gradients
6.9 in planes (float32, sm_90a).
"""

from functools import cache
from typing import Any, NamedTuple

from crosscheck.kernels.block_reduce import block_and_thread, block_sum
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import load_quad
from crosscheck.kernels.unravel import advance, unravel

THREADS = 256
UNROLLED = 4
WIDTH = 32  # channels of a block


class Terms(NamedTuple):
    """What is added up: center(x, mean, c, inner), and terms(x, dy, center) -> (first, second).

    operands: 1 where the terms are of x alone.
    """

    name: str
    operands: int
    center: DeviceFunction
    terms: DeviceFunction


@cache
def _vectors(this: Terms, VECTOR: int) -> tuple[DeviceFunction, ...]:
    """Return how a kernel loads a vector, adds one, and adds UNROLLED."""
    OPERANDS, terms = this.operands, this.terms
    SECOND, THIRD, FOURTH = (VECTOR * i for i in range(1, UNROLLED))

    @device_function
    def fetch(array, at, slot, staged):
        if VECTOR == 4:
            quad = load_quad(array, at)
            staged[slot], staged[slot + 1], staged[slot + 2], staged[slot + 3] = quad
        else:
            staged[slot] = array[at]

    @device_function
    def load(x, dy, at, slot, xs, dys):
        """x, dy -> xs, dys: the vectors that begin at `at`."""
        fetch(x, at, slot, xs)
        if OPERANDS == 2:
            fetch(dy, at, slot, dys)

    @device_function
    def add(xs, dys, slot, centers, firsts, seconds):
        for i in range(VECTOR):
            dy = dys[slot + i] if OPERANDS == 2 else real(0)  # read by no term
            first, second = terms(xs[slot + i], dy, centers[i])
            firsts[i] += first
            seconds[i] += second

    @device_function
    def add_all(xs, dys, centers, firsts, seconds):
        """Add UNROLLED vectors. All UNROLLED are written out, here and where they are loaded: with
        a loop around them the compiler for sm_100a and newer keeps xs and dys in local memory.
        """
        add(xs, dys, 0, centers, firsts, seconds)
        add(xs, dys, SECOND, centers, firsts, seconds)
        add(xs, dys, THIRD, centers, firsts, seconds)
        add(xs, dys, FOURTH, centers, firsts, seconds)

    return load, add, add_all


@cache
def planes(this: Terms, VECTOR: int) -> Any:
    """Return the kernel for channels outside of `inner`; VECTOR divides inner."""
    load, add, add_all = _vectors(this, VECTOR)
    center = this.center
    STAGED = VECTOR * UNROLLED
    SECOND, THIRD, FOURTH = (VECTOR * i for i in range(1, UNROLLED))

    @device_function
    def load_next(x, dy, place, step, c, sizes, slot, xs, dys):
        """Load the vector at a place, and return that of the thread's next."""
        channels, inner, row = sizes
        at = (place[0] * channels + c) * inner + place[1] * VECTOR
        load(x, dy, at, slot, xs, dys)
        return advance(place, step, row)

    @kernel
    def planes_kernel(x, dy, mean, sums, outer, channels, inner, share):
        """x, dy: rows of (outer, channel, inner); mean (c); sums (2, parts, c); share: vectors."""
        scratch = cuda.shared.array(THREADS, real)
        xs, dys = cuda.local.array(STAGED, real), cuda.local.array(STAGED, real)
        centers = cuda.local.array(VECTOR, real)
        firsts, seconds = cuda.local.array(VECTOR, real), cuda.local.array(VECTOR, real)
        block, t = block_and_thread()
        part, c = unravel(block, channels)
        middle = center(x, mean, c, inner)
        for i in range(VECTOR):
            centers[i] = middle
            firsts[i], seconds[i] = real(0), real(0)

        row = inner // VECTOR  # vectors of a plane
        sizes = channels, inner, row
        step = unravel(index(THREADS), row)
        here = part * share + t
        end = min(part * share + share, outer * row)
        place = unravel(here, row)
        while here + index(3 * THREADS) < end:
            place = load_next(x, dy, place, step, c, sizes, 0, xs, dys)
            place = load_next(x, dy, place, step, c, sizes, SECOND, xs, dys)
            place = load_next(x, dy, place, step, c, sizes, THIRD, xs, dys)
            place = load_next(x, dy, place, step, c, sizes, FOURTH, xs, dys)
            add_all(xs, dys, centers, firsts, seconds)
            here += index(UNROLLED * THREADS)
        while here < end:
            place = load_next(x, dy, place, step, c, sizes, 0, xs, dys)
            add(xs, dys, 0, centers, firsts, seconds)
            here += THREADS

        first, second = firsts[0], seconds[0]
        for i in range(1, VECTOR):
            first += firsts[i]
            second += seconds[i]
        first = block_sum(scratch, t, first)
        second = block_sum(scratch, t, second)
        if t == 0:
            sums[0, part, c] = first
            sums[1, part, c] = second

    planes_kernel.rename(f"{this.name}_planes_kernel_{VECTOR}")
    return planes_kernel


@cache
def columns(this: Terms, VECTOR: int) -> Any:
    """Return the kernel for inner = 1; VECTOR divides the number of channels."""
    load, add, add_all = _vectors(this, VECTOR)
    center = this.center
    STAGED = VECTOR * UNROLLED
    SECOND, THIRD, FOURTH = (VECTOR * i for i in range(1, UNROLLED))
    ACROSS = WIDTH // VECTOR  # threads beside each other
    ROWS = THREADS // ACROSS

    @kernel
    def columns_kernel(x, dy, mean, sums, outer, channels, inner, share):
        """x, dy: rows of (outer, channel); mean (c); sums (2, parts, c); share: of outer."""
        scratch = cuda.shared.array((2, ROWS, WIDTH), real)
        xs, dys = cuda.local.array(STAGED, real), cuda.local.array(STAGED, real)
        centers = cuda.local.array(VECTOR, real)
        firsts, seconds = cuda.local.array(VECTOR, real), cuda.local.array(VECTOR, real)
        block, t = block_and_thread()
        part, tile = unravel(block, (channels + index(WIDTH - 1)) // WIDTH)
        line, across = unravel(t, index(ACROSS))
        c = tile * WIDTH + across * VECTOR
        for i in range(VECTOR):
            centers[i] = real(0)
            firsts[i], seconds[i] = real(0), real(0)
        if c < channels:
            for i in range(VECTOR):
                centers[i] = center(x, mean, c + index(i), inner)
            here = part * share + line
            end = min(part * share + share, outer)
            at, step = here * channels + c, channels * ROWS
            while here + index(3 * ROWS) < end:
                load(x, dy, at, 0, xs, dys)
                load(x, dy, at + step, SECOND, xs, dys)
                load(x, dy, at + 2 * step, THIRD, xs, dys)
                load(x, dy, at + 3 * step, FOURTH, xs, dys)
                at += 4 * step
                add_all(xs, dys, centers, firsts, seconds)
                here += index(UNROLLED * ROWS)
            while here < end:
                load(x, dy, at, 0, xs, dys)
                at += step
                add(xs, dys, 0, centers, firsts, seconds)
                here += ROWS

        for i in range(VECTOR):
            scratch[0, line, across * VECTOR + index(i)] = firsts[i]
            scratch[1, line, across * VECTOR + index(i)] = seconds[i]
        cuda.syncthreads()  # the sums of all threads are there before they are added
        which, column = unravel(t, index(WIDTH))
        c = tile * WIDTH + column
        if which < 2 and c < channels:
            total = real(0)
            for i in range(ROWS):
                total += scratch[which, i, column]
            sums[which, part, c] = total

    columns_kernel.rename(f"{this.name}_columns_kernel_{VECTOR}")
    return columns_kernel
