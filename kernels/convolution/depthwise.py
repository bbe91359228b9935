"""Depthwise convolution: each filter sees one channel, and a thread computes a column of outputs.

What it adds to `direct`:

    outputs in registers   a pixel that is read once feeds all the outputs of the column it meets
    looked-up borders      a bit for each row of pixels; no comparison with H, no multiplication
    lattices               a strided input gradient divides nothing and multiplies no zeros
    parts                  the weight gradient's sum over all positions goes to many blocks

What it gains: 42 instructions an output of 3 x 3, and 48 in channels_last, where `direct` takes 18
for each of the 9 products (8 outputs a thread, float32, sm_90a). In the time of 49 an H200 moves
the 8 bytes that an output costs at least.

An implicit GEMM is no help here: its tile wants many filters that read the same pixels.

Takes groups = c: any k that is a multiple of c, any window, stride, padding, dilation and strides
of the arrays.
"""

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import columns, lattice, weight_columns
from crosscheck.kernels.convolution.columns import ANY
from crosscheck.kernels.convolution.lookup import Axes
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.strips import MOST_TAPS, apart, shape, tables
from crosscheck.kernels.flat import flat, is_flat, row_of
from crosscheck.kernels.parts import add_parts
from crosscheck.kernels.schedule import Schedule, Scheduled, wide_for
from crosscheck.kernels.waves import count

THREADS = 128
LANES = 32  # neighbouring channels of a warp
BLOCKS = 8  # of the weight gradient on an SM: enough loads in flight
TURNS = 4  # of a thread at least, before another part is worth its addition


def unsupported(problem: Problem) -> str:
    """Return why this is no depthwise convolution, "" where it is one."""
    channels = problem.channels
    return "" if channels == 1 else f"a group has {channels} channels; expected 1, groups = c"


def _forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> Schedule:
    axes = _axes(problem, lattice.forward, (problem.p, problem.q))
    return _schedule(problem, axes, x, w, y)


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, r, s] where h = p * stride - padding + r * dilation and w
# likewise: lattice.py makes of that sum over r, s a forward convolution of dy, and the sum over the
# filters of a channel is one over the channels of dy.
def _input_gradient(problem: Problem, w: Array, dy: Array, dx: Array) -> Schedule:
    axes = _axes(problem, lattice.gradient, (problem.h, problem.w))
    run = _schedule(problem, axes, dy, w, dx, backward=True)
    no_bias = arrays.empty((0,), w.dtype, w)
    return lambda w, dy, dx, bias=no_bias: run(dy, w, bias, dx)


# d y[n, k, p, q] / d w[k, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
def _weight_gradient(problem: Problem, x: Array, dy: Array, dw: Array) -> Schedule:
    if 0 in (problem.p, problem.q):  # the input of a transposed convolution may have no pixels
        return lambda x, dy, dw: dw.fill(0)
    place = arrays.place(x)
    axes = _axes(problem, lattice.forward, (problem.p, problem.q))
    what = shape(axes, MOST_TAPS, weight_columns.MOST_COLUMNS)
    row_of_x, row_of_dy, xs, ys = row_of(x), row_of(dy), flat(x).strides, flat(dy).strides
    found = tables(axes, what, problem.h, xs[2:], (0, 0), ys[2:], place)
    lanes = LANES if _channels_last(xs) else 1

    walkers = weight_columns.THREADS // lanes
    positions = problem.n * found.crossings[0] * found.crossings[1]
    blocks = count(problem.k, lanes) * found.pieces[0] * found.pieces[1]
    most = max(1, positions // (TURNS * walkers))
    parts = min(count(BLOCKS * place.multiprocessors, blocks), most)
    whole = parts == 1 and dw.flags.c_contiguous

    kernel = weight_columns.build(weight_columns.Variant(what, lanes, problem.filters > 1))
    (vertical, *_), (horizontal, *_) = axes
    sizes = (
        (problem.n, problem.k, *found.crossings),
        count(positions, parts),
        found.pieces,
        problem.filters,
        (problem.r, problem.s),
        problem.w,
        vertical.dilation * xs[2],
        (horizontal.dilation, horizontal.dilation * xs[3]),
        xs[:2],
        (*ys[:2], vertical.spacing * ys[2]),
    )
    in_parts = parts, problem.k, problem.r, problem.s
    looked_up = found.strips, found.columns

    def run(x: Array, dy: Array, dw: Array) -> None:
        sums = dw if whole else arrays.workspace((parts, *dw.shape), dw)
        launch = kernel[parts * blocks, weight_columns.THREADS]
        launch(row_of_x(x), row_of_dy(dy), sums.reshape(in_parts), *looked_up, *sizes)
        if not whole:
            add_parts(sums, dw)

    return wide_for(run, *looked_up)


def _schedule(
    problem: Problem, axes: Axes, images: Array, w: Array, target: Array, backward: bool = False
) -> Schedule:
    """Return run(images, weights, bias, output) for y, or with `backward` for dx."""
    m = problem.filters
    n, _, height, width = images.shape
    whole = is_flat(target)
    y = target if whole else arrays.empty(target.shape, target.dtype, target)
    rows = row_of(images), row_of(w), row_of(y)
    xs, ws, ys = flat(images).strides, flat(w).strides, flat(y).strides

    what = shape(axes)
    found = tables(axes, what, height, xs[2:], ws[2:], ys[2:], arrays.place(images))
    (vertical, *_), (horizontal, *_) = axes
    tap_steps = vertical.taps.step * ws[2], horizontal.taps.step * ws[3]
    steps = horizontal.dilation, horizontal.dilation * xs[3]
    kernel = columns.build(
        columns.Variant(
            what,
            _direction(what.span, steps, tap_steps)
            if what.whole and found.pieces == (1, 1)
            else ANY,
            found.pieces == (1, 1) and not (backward and m > 1),
            m > 1 and not backward,
            _channels_last(xs),
            problem.relu and not backward,
        )
    )
    crossings = n, target.shape[1], *found.crossings
    each = m if backward else 1  # filters of an output's channel
    sizes = (
        crossings,
        found.pieces,
        m,
        width,
        vertical.dilation * xs[2],
        steps,
        tuple(map(np.int64, tap_steps)),
        (xs[0], each * xs[1], xs[1]),
        (each * ws[0], ws[0]),
        (*ys[:2], vertical.spacing * ys[2]),
    )
    looked_up = found.strips, found.columns

    def run(images: Array, w: Array, bias: Array, target: Array) -> None:
        y = target if whole else arrays.empty(target.shape, target.dtype, target)
        x, weights, out = (of(array) for of, array in zip(rows, (images, w, y), strict=True))
        launch = kernel.forall(prod(crossings), THREADS)
        launch(x, weights, bias, out, *looked_up, *sizes)
        if not whole:
            target[...] = y

    return wide_for(run, *looked_up)


forward = Scheduled(_forward)
input_gradient = Scheduled(_input_gradient)
weight_gradient = Scheduled(_weight_gradient)


def _axes(problem: Problem, lattices: Callable, sizes: tuple[int, int]) -> Axes:
    windows = problem.r, problem.s
    each = zip(sizes, windows, problem.stride, problem.corner, problem.dilation, strict=True)
    vertical, horizontal = (lattices(*axis) for axis in each)
    return Axes(tuple(one for whole in vertical for one in apart(whole)), tuple(horizontal))


def _direction(span: int, steps: tuple[int, int], taps: tuple[int, int]) -> int:
    """Return the direction of dense taps next to dense pixels, or ANY."""
    if steps == (1, 1) and abs(taps[1]) == 1 and taps[0] == span * taps[1]:
        return taps[1]
    return ANY


def _channels_last(strides: Sequence[int]) -> bool:
    return strides[1] < strides[3]
