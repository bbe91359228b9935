"""What a call has to compute and to move at least, whatever its kernels do.

Bytes are those of a GPU whose L2 cache has none of the inputs, as after other work: what is read
comes from DRAM once. What is written may stay in the L2 cache, as much as fits.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.benchmarks.predict.calls import Call

SECTOR = 8  # float32: less does not move


class Work(NamedTuple):
    """multiply_adds: of the layer, those with the zeros of its padding included, as papers count;
    needed: those that the algorithm cannot leave out; read, written: bytes, each array once.
    """

    multiply_adds: float
    needed: float
    read: float
    written: float


def work(call: Call) -> Work:
    """Return what a call takes; operators other than conv2d count no multiply-adds."""
    problem = call.problem
    arrays = {name: each for name, each in call.arguments.items() if isinstance(each, np.ndarray)}
    read = {name: float(each.nbytes) for name, each in arrays.items()}
    written = float(call.written)
    if call.layer.op != "conv2d":
        return Work(0.0, 0.0, sum(read.values()), written)
    sums = problem.n * problem.k * problem.channels
    rows = _taps(problem.h, problem.r, problem.p, 0, problem)
    columns = _taps(problem.w, problem.s, problem.q, 1, problem)
    needed = sums * float(rows.sum()) * float(columns.sum())
    if call.algorithm == "winograd":  # 16 products for 2 x 2 outputs, those of the padding included
        extents = problem.outputs if call.direction == "forward" else problem.images
        needed = 16.0 * sums * -(-extents[2] // 2) * -(-extents[3] // 2)
    if "input" in read and call.direction != "input_gradient":
        touched = np.count_nonzero(rows) * _in_sectors(columns, call.layout)
        read["input"] *= float(touched / (problem.h * problem.w))
    multiply_adds = float(sums) * problem.p * problem.q * problem.r * problem.s
    return Work(multiply_adds, needed, sum(read.values()), written)


def _taps(extent: int, taps: int, outputs: int, axis: int, problem: object) -> np.ndarray:
    """Return for each row (axis 0) or column (1) of the image how many pairs of an output and a tap
    of the filter meet there.
    """
    stride, corner, dilation = (
        each[axis] for each in (problem.stride, problem.corner, problem.dilation)
    )
    at = np.arange(outputs)[:, None] * stride - corner + np.arange(taps) * dilation
    return np.bincount(at[(at >= 0) & (at < extent)], minlength=extent)


def _in_sectors(columns: np.ndarray, layout: str) -> int:
    """Return how many pixels of a row move at least where these are read.

    In NHWC the channels of a pixel are neighbours. In NCHW pixels move in whole sectors: from the
    first to the last, unless a gap leaves out some sector.
    """
    used = np.flatnonzero(columns)
    if layout == "nhwc" or not len(used) or np.diff(used).max(initial=1) > SECTOR:
        return len(used)
    return int(used[-1] - used[0]) + 1
