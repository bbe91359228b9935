"""What a convolution computes, and which part of an image it reads at least."""

import numpy as np

from crosscheck.kernels.convolution.problem import Problem

SECTOR = 32  # bytes: less does not move


def multiply_adds(problem: Problem) -> float:
    """Return the products with those of the padding's zeros included, as papers count them."""
    return float(problem.n * problem.k * problem.channels * problem.p * problem.q) * (
        problem.r * problem.s
    )


def products(problem: Problem) -> float:
    """Return the products of pixels, without those of the padding."""
    inside = float(_taps(problem, 0).sum()) * float(_taps(problem, 1).sum())
    return problem.n * problem.k * problem.channels * inside


def share_read(problem: Problem, layout: str, itemsize: int) -> float:
    """Return the share of an image's pixels, of `itemsize` bytes a channel, that have to move.

    A stride may leave out rows and columns. In NHWC the channels of a pixel are neighbours. In NCHW
    pixels move in whole sectors: from the first to the last, unless a gap leaves out some sector.
    """
    rows, used = np.count_nonzero(_taps(problem, 0)), np.flatnonzero(_taps(problem, 1))
    columns = len(used)
    if layout == "nchw" and columns and np.diff(used).max(initial=1) <= SECTOR // itemsize:
        columns = int(used[-1] - used[0]) + 1
    return rows * columns / max(1, problem.h * problem.w)


def _taps(problem: Problem, axis: int) -> np.ndarray:
    """Return for each row (axis 0) or column (1) of the image how many pairs of an output and a tap
    of the filter meet there.
    """
    extent, taps, outputs = (
        (problem.h, problem.r, problem.p),
        (problem.w, problem.s, problem.q),
    )[axis]
    stride, corner, dilation = (
        each[axis] for each in (problem.stride, problem.corner, problem.dilation)
    )
    at = np.arange(outputs)[:, None] * stride - corner + np.arange(taps) * dilation
    return np.bincount(at[(at >= 0) & (at < extent)], minlength=extent)
