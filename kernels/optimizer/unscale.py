"""Gradients of a loss that was scaled: divided by the scale again, and searched for Inf and NaN.

    g = g * inverse;   found = 1 where any g was infinite or NaN

Threads: as `foreach` has them, one launch for the gradients of a dtype and device. Layout: dense
rows in any order of axes; other gradients are copied to such rows and back. Constraints: none.

`found` is a count of at most 1 in memory: a thread that finds something sets it by an integer
atomic, which gives the same whatever the order. So nothing has to be added up, and the host does
not wait: it reads `found` when it has to know.
"""

from collections.abc import Sequence

import numpy as np

from crosscheck.kernels import arguments
from crosscheck.kernels.arrays import Array, Place, address, empty, facts, place
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.optimizer.foreach import (
    APART,
    THREADS,
    TURNS,
    chunk_of_block,
    is_row,
    launch_chunks,
)
from crosscheck.kernels.optimizer.operands import rows
from crosscheck.kernels.ptx import array_at, load_quad, store_quad


@device_function
def is_not_finite(value):
    return value - value != real(0)  # Inf - Inf is NaN, and NaN equals nothing


@kernel
def unscale_kernel(gradients, chunks, stored, inverse, found):
    """gradients, chunks: the tables of foreach.py; inverse, found (1)."""
    owner, count, are_quads, _, offset = chunk_of_block(gradients, chunks, stored, stored)
    t, factor, bad = index(cuda.threadIdx.x), inverse[0], False
    g = array_at(stored, gradients[owner, 2] + offset, count)
    if are_quads:
        for turn in range(TURNS):
            at = t * 4 + index(turn * APART)
            a, b, c, d = load_quad(g, at)
            bad = bad or is_not_finite(a) or is_not_finite(b)
            bad = bad or is_not_finite(c) or is_not_finite(d)
            store_quad(g, at, (a * factor, b * factor, c * factor, d * factor))
    else:
        for i in range(t, index(count), THREADS):
            value = g[i]
            bad = bad or is_not_finite(value)
            g[i] = value * factor
    if bad:
        cuda.atomic.max(found, 0, 1)


def unscale(gradients: Sequence[Array], inverse: float) -> list[Array]:
    """Multiply gradients by a number, in place. Returns counts, one for each device they are on:
    int32 arrays (1), 1 where one of the gradients held Inf or NaN before.

    They are arrays of any floating dtypes, shapes and strides. Raises TypeError or ValueError.
    """
    groups: dict[tuple[Place, np.dtype], list[Array]] = {}
    for number, each in enumerate(gradients):
        name = f"gradient[{number}]"
        known = facts(each) or arguments.no_array("unscale", name, type(each))
        arguments.dtype("unscale", name, known.dtype)
        arguments.writable("unscale", name, each)
        groups.setdefault((place(each), each.dtype), []).append(each)
    counts: dict[Place, Array] = {}
    for (where, dtype), some in groups.items():
        found = counts.setdefault(where, where.library.zeros(1, np.int32))
        factor = where.send(np.full(1, inverse, computed(dtype)))
        dense = [each for each in some if is_row([each])]
        if dense:
            _launch(dense, factor, found)
        for each in some:
            if not is_row([each]):
                with rows(each) as (row,):
                    _launch([row], factor, found)
    return list(counts.values())


def _launch(gradients: Sequence[Array], factor: Array, found: Array) -> None:
    begin = [(address(each) if each.size else 0,) for each in gradients]
    stored = empty((0,), gradients[0].dtype, gradients[0])
    launch_chunks(unscale_kernel, [[each] for each in gradients], begin, stored, factor, found)
