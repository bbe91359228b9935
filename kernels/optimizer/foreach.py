"""One launch for a whole list of parameters: what `foreach` adds to `direct`.

The list is cut into chunks of CHUNK elements, or what is left of a parameter. A block looks up its
chunk in two tables, so no thread divides:

    parameters (n, 2 + ARRAYS)   of each parameter: whether all its arrays begin on 16 bytes, how
                                 many elements it has, and where what the step computes from (its
                                 master, if it has one), its gradient, its state and itself begin,
                                 0 for an array that there is none of
    chunks (blocks, 2)           of each chunk: its parameter, and the first of its elements

Threads: of a whole chunk each takes TURNS quads, 128 bits of every array at a time; the last chunk
of a parameter, and all of one whose arrays do not begin on 16 bytes, go element by element. Layout:
the arrays of a parameter are the same dense row of memory, in whatever order of axes.

Why: `direct` is a launch a parameter. A ResNet-50 has 161 of them, most too small to fill a GPU: at
4 us a launch, 0.6 ms, three times what moving its 25.6 million parameters takes (28 bytes each with
Adam, 4.3 TB/s). The tables are made once, and kept while the arrays stay where they are. They
travel on CuPy's current stream, and nothing waits for them. Of KEPT tables the oldest is dropped,
so no CUDA graph should hold such a launch for long.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import numpy as np

from crosscheck.kernels import algorithm, gpu
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import QUAD_BYTES, Array, Facts, Place, address, empty, place
from crosscheck.kernels.cpu.sanitizer.reached import reaching
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import Kernel, cuda, device_function
from crosscheck.kernels.plan import Size
from crosscheck.kernels.ptx import element_bytes
from crosscheck.kernels.views import merge

THREADS = 256
TURNS = 4  # of a thread in a whole chunk
APART = 4 * THREADS  # elements from a thread's one quad to its next
CHUNK = TURNS * APART
KEPT = 64  # tables
STATES = 3  # arrays of state, at most
ARRAYS = 3 + STATES

Arrays = Sequence[Array | None]  # of one parameter: itself, its gradient, its state, its master


@device_function
def chunk_of_block(parameters, chunks, like, stored):
    """Return a chunk: its parameter, its elements, whether it is quads, and the bytes before it in
    arrays that have the element type of `like`, and of `stored`.
    """
    block = cuda.blockIdx.x
    owner, first = chunks[block, 0], chunks[block, 1]
    count = min(parameters[owner, 1] - first, CHUNK)
    are_quads = parameters[owner, 0] != 0 and count == CHUNK
    bytes, short = first * element_bytes(like), first * element_bytes(stored)
    return owner, count, are_quads, bytes, short


def is_row(arrays: Sequence[Array | Facts]) -> bool:
    """Return whether arrays of one shape lie densely, in one order of their axes."""
    shape, first = arrays[0].shape, arrays[0].strides
    axes = sorted(range(len(shape)), key=lambda axis: -abs(first[axis]))
    strides = [[each.strides[axis] for axis in axes] for each in arrays]
    merged, steps = merge([shape[axis] for axis in axes], strides)
    return merged in ((), (0,)) or steps == [(each.dtype.itemsize,) for each in arrays]


def launch(kernel: Kernel, arrays: Sequence[Arrays], numbers: tuple) -> None:
    """Launch kernel(parameters, chunks, like, stored, numbers) on the arrays of each parameter.

    The parameters are of one dtype and place, the arrays of each one row, by `is_row`; None, or an
    empty array, stands for none. `like` is an example of what is computed with, float32 or float64,
    `stored` one of the parameters and their gradients: where these have 16 bits, another type.
    """
    first = arrays[0][0]
    like, stored = (empty((0,), each, first) for each in (computed(first.dtype), first.dtype))
    launch_chunks(kernel, arrays, [_begins(*one) for one in arrays], like, stored, numbers)


def launch_chunks(
    kernel: Kernel, arrays: Sequence[Arrays], begin: Sequence[Size], *others: Any
) -> None:
    """Launch kernel(parameters, chunks, *others) on lists of arrays, which `begin` there."""
    first = arrays[0][0]
    where, sizes = place(first), tuple([one[0].size for one in arrays])
    stream = None if where.library is np else gpu.pointer(None)
    chunks = chunk_table(sizes, where, stream)
    parameters = parameter_table(sizes, tuple(begin), where, stream)
    reached = [each for one in arrays for each in one if each is not None and each.size]
    watched = reaching(reached) if where.library is np else nullcontext()
    with watched:
        if len(chunks) > 0:
            kernel[len(chunks), THREADS](parameters, chunks, *others)


def _begins(parameter: Array, gradient: Array, *rest: Array | None) -> Size:
    """Return where the arrays of a parameter begin, as the table has them."""
    *state, master = rest
    main = parameter if master is None or master.size == 0 else master
    absent = (STATES - len(state)) * [None]
    return tuple(map(_begin, (main, gradient, *state, *absent, parameter)))


def _begin(array: Array | None) -> int:
    return 0 if array is None or array.size == 0 else address(array)


@lru_cache(KEPT)
def parameter_table(sizes: Size, begin: Sequence[Size], where: Place, stream: int | None) -> Array:
    """Return the table `parameters`, to use on this stream."""
    table = np.array(begin, np.int64)
    are_aligned = (table % QUAD_BYTES == 0).all(axis=1)
    return where.send(np.column_stack([are_aligned, sizes, table]))


@lru_cache(KEPT)
def chunk_table(sizes: Size, where: Place, stream: int | None) -> Array:
    """Return the table `chunks`, to use on this stream."""
    counts = -(-np.array(sizes, np.int64) // CHUNK)
    owner = np.repeat(np.arange(len(sizes)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return where.send(np.column_stack([owner, number * CHUNK]))


def table(kernel: Kernel, direct: Callable[..., None]) -> Mapping[str, Algorithm]:
    """Return the table of a step: "foreach", preferred on a GPU, and "direct".

    `foreach` is a list of one parameter; arrays that are no rows are left to `direct`.
    """

    def run(numbers: tuple, *arrays: Array) -> None:
        first, *rest = arrays
        if is_row([each for each in (first, *rest) if each.shape == first.shape]):
            launch(kernel, [arrays], numbers)
        else:
            direct(numbers, *arrays)

    return algorithm.table(
        Algorithm("foreach", run, prefers=lambda _, device: device != "cpu"),
        Algorithm("direct", direct),
    )
