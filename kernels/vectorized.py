"""Elementwise functions 128 bits at a time: what `vectorized` adds to `direct`.

    y[i] = function(x[i], *numbers)    or    y[i] = function(x[i], other[i], *numbers)

Threads: each takes QUADS quads of four neighbours, a block's width apart, and loads all of them
before it stores the first. Layout: all arrays the same dense row of memory, in whatever order of
axes, from 16 bytes on; `compute` tells where they are not. Constraints: none else.

Why: to keep the memory of an H200 busy, about 20 KB must be under way on every SM (Little's law:
4.3 TB/s over 132 of them, and an answer after an assumed 600 ns). One float a thread is 8 KB at
most, two quads are 64 KB. Nor is there an index to compute but one: x + alpha * other takes 4.5
instructions an element here, and 142 as `direct`, which is more than the SMs issue in the time that
its 12 bytes take (float32, sm_90a).
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from crosscheck.kernels import algorithm
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.block_reduce import block_and_thread
from crosscheck.kernels.launch import DeviceFunction, device_function, index, kernel
from crosscheck.kernels.ptx import load_quad, store_quad

THREADS = 256
QUADS = 2  # of a thread
APART = 4 * THREADS  # elements from a thread's one quad to its next
SHARE = QUADS * APART  # elements of a block


@device_function
def place():
    """Return where this thread's first quad begins."""
    block, t = block_and_thread()
    return block * SHARE + t * 4


@cache
def build(function: DeviceFunction, name: str, operands: int) -> Any:
    """Return the kernel of a function of 1 or 2 operands and numbers; `inspect` shows `name`."""

    @device_function
    def of_quad(x, numbers):
        return (
            function(x[0], *numbers),
            function(x[1], *numbers),
            function(x[2], *numbers),
            function(x[3], *numbers),
        )

    @device_function
    def of_two_quads(x, other, numbers):
        return (
            function(x[0], other[0], *numbers),
            function(x[1], other[1], *numbers),
            function(x[2], other[2], *numbers),
            function(x[3], other[3], *numbers),
        )

    @kernel
    def unary_kernel(x, y, numbers):
        """x, y (i), which may be one array."""
        N = index(y.size)
        at = place()
        beside = at + APART
        if beside + 4 <= N:
            first, second = load_quad(x, at), load_quad(x, beside)
            store_quad(y, at, of_quad(first, numbers))
            store_quad(y, beside, of_quad(second, numbers))
        else:  # in the last block only: quads that may be cut off
            for i in range(SHARE // APART * 4):
                here = at + index(i // 4 * APART + i % 4)
                if here < N:
                    y[here] = function(x[here], *numbers)

    @kernel
    def binary_kernel(x, other, y, numbers):
        """x, other, y (i), of which any may be one array."""
        N = index(y.size)
        at = place()
        beside = at + APART
        if beside + 4 <= N:
            first, second = load_quad(x, at), load_quad(x, beside)
            first_other, second_other = load_quad(other, at), load_quad(other, beside)
            store_quad(y, at, of_two_quads(first, first_other, numbers))
            store_quad(y, beside, of_two_quads(second, second_other, numbers))
        else:  # in the last block only: quads that may be cut off
            for i in range(SHARE // APART * 4):
                here = at + index(i // 4 * APART + i % 4)
                if here < N:
                    y[here] = function(x[here], other[here], *numbers)

    made = unary_kernel if operands == 1 else binary_kernel
    made.rename(f"{name}_kernel")
    return made


def compute(
    function: DeviceFunction, name: str, out: Array, *inputs: Array, numbers: tuple[float, ...] = ()
) -> bool:
    """Launch function(*inputs, *numbers) -> out, unless the arrays are no such rows of memory.

    Returns whether it launched. `out` may be one of the 1 or 2 inputs.
    """
    rows = aligned_rows(out, *inputs)
    if rows is None:
        return False
    out, *inputs = rows
    launch = build(function, name, len(inputs))[-(-out.size // SHARE), THREADS]
    launch(*inputs, out, numbers)
    return True


def aligned_rows(*arrays: Array) -> list[Array] | None:
    """Return arrays of one shape as rows, elements in the memory order of the first.

    None where one is not dense in that order, is broadcast, or does not begin on 16 bytes.
    """
    first = arrays[0]
    axes = sorted(range(first.ndim), key=lambda axis: -abs(first.strides[axis]))
    rows = []
    for array in arrays:
        if array.shape != first.shape or not begins_on_quad(array):
            return None
        turned = array.transpose(axes)
        if not turned.flags.c_contiguous:
            return None
        rows.append(turned.reshape(-1))
    return rows


def table(
    rows: Callable[..., bool],
    direct: Callable[..., None],
    unsupported: Callable[[Any], str] = lambda problem: "",
) -> Mapping[str, Algorithm]:
    """Return a direction's table: "vectorized", preferred on a GPU, and "direct".

    A CPU's compiler makes vectors of `direct` by itself. `rows` returns False, and launches
    nothing, where its arrays are not what `compute` takes: then `direct` is launched.
    """

    def run(*given: Any) -> None:
        if not rows(*given):
            direct(*given)

    return algorithm.table(
        Algorithm("vectorized", run, unsupported, prefers=lambda _, device: device != "cpu"),
        Algorithm("direct", direct),
    )
