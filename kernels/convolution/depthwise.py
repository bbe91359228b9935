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

import contextlib
from collections.abc import Callable, Sequence

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import columns, lattice, weight_columns
from crosscheck.kernels.convolution.columns import ANY
from crosscheck.kernels.convolution.lookup import Axes
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.strips import MOST_TAPS, Tables, apart, shape, tables
from crosscheck.kernels.flat import flat, is_flat
from crosscheck.kernels.launch import wide_index
from crosscheck.kernels.parts import add_parts

THREADS = 128
LANES = 32  # neighbouring channels of a warp
BLOCKS = 8  # of the weight gradient on an SM: enough loads in flight
TURNS = 4  # of a thread at least, before another part is worth its addition


def unsupported(problem: Problem) -> str:
    """Return why this is no depthwise convolution, "" where it is one."""
    channels = problem.channels
    return "" if channels == 1 else f"a group has {channels} channels; expected 1, groups = c"


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    _run(problem, _axes(problem, lattice.forward, (problem.p, problem.q)), (x, w, bias, y))


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, r, s] where h = p * stride - padding + r * dilation and w
# likewise: lattice.py makes of that sum over r, s a forward convolution of dy, and the sum over the
# filters of a channel is one over the channels of dy.
def input_gradient(problem: Problem, w: Array, dy: Array, dx: Array) -> None:
    axes = _axes(problem, lattice.gradient, (problem.h, problem.w))
    _run(problem, axes, (dy, w, arrays.empty((0,), w.dtype, w), dx), backward=True)


# d y[n, k, p, q] / d w[k, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
def weight_gradient(problem: Problem, x: Array, dy: Array, dw: Array) -> None:
    place = arrays.place(x)
    axes = _axes(problem, lattice.forward, (problem.p, problem.q))
    what = shape(axes, MOST_TAPS, weight_columns.MOST_COLUMNS)
    (row, xs), (gradients, ys) = flat(x), flat(dy)
    found = tables(axes, what, problem.h, xs[2:], (0, 0), ys[2:], place)
    lanes = LANES if _channels_last(xs) else 1

    walkers = weight_columns.THREADS // lanes
    positions = problem.n * found.crossings[0] * found.crossings[1]
    blocks = _count(problem.k, lanes) * found.pieces[0] * found.pieces[1]
    most = max(1, positions // (TURNS * walkers))
    parts = min(_count(BLOCKS * place.multiprocessors, blocks), most)
    whole = parts == 1 and dw.flags.c_contiguous
    sums = dw if whole else arrays.empty((parts, *dw.shape), dw.dtype, dw)

    kernel = weight_columns.build(weight_columns.Variant(what, lanes, problem.filters > 1))
    launch = kernel[parts * blocks, weight_columns.THREADS]
    (vertical, *_), (horizontal, *_) = axes
    with _wide(found):
        launch(
            row,
            gradients,
            sums.reshape(parts, problem.k, problem.r, problem.s),
            found.strips,
            found.columns,
            (problem.n, problem.k, *found.crossings),
            _count(positions, parts),
            found.pieces,
            problem.filters,
            (problem.r, problem.s),
            problem.w,
            vertical.dilation * xs[2],
            (horizontal.dilation, horizontal.dilation * xs[3]),
            xs[:2],
            (*ys[:2], vertical.spacing * ys[2]),
        )
    if not whole:
        add_parts(sums, dw)


def _run(
    problem: Problem, axes: Axes, given: tuple[Array, Array, Array, Array], backward: bool = False
) -> None:
    """Compute y, or with `backward` dx; given: images, weights, bias, output."""
    images, w, bias, target = given
    m = problem.filters
    n, _, height, width = images.shape
    y = target if is_flat(target) else arrays.empty(target.shape, target.dtype, target)
    (row, xs), (weights, ws), (out, ys) = flat(images), flat(w), flat(y)

    what = shape(axes)
    found = tables(axes, what, height, xs[2:], ws[2:], ys[2:], arrays.place(images))
    (vertical, *_), (horizontal, *_) = axes
    tap_steps = vertical.taps.step * ws[2], horizontal.taps.step * ws[3]
    steps = horizontal.dilation, horizontal.dilation * xs[3]
    variant = columns.Variant(
        what,
        _direction(what.span, steps, tap_steps) if what.whole and found.pieces == (1, 1) else ANY,
        found.pieces == (1, 1) and not (backward and m > 1),
        m > 1 and not backward,
        _channels_last(xs),
    )
    channels = target.shape[1]
    sizes = n, channels, *found.crossings
    launch = columns.build(variant).forall(sizes[0] * sizes[1] * sizes[2] * sizes[3], THREADS)
    each = m if backward else 1  # filters of an output's channel
    with _wide(found):
        launch(
            row,
            weights,
            bias,
            problem.floor,
            out,
            found.strips,
            found.columns,
            sizes,
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
    if y is not target:
        target[...] = y


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


def _wide(found: Tables) -> contextlib.AbstractContextManager[None]:
    """Give the launch 64-bit indices where the tables need them: for a huge stride or padding."""
    wide = np.int64 in (found.strips.dtype, found.columns.dtype)
    return wide_index() if wide else contextlib.nullcontext()


def _count(extent: int, size: int) -> int:
    return -(-extent // size)
