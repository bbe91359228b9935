"""What a call has to compute and to move at least, whatever its kernels do.

Bytes are those of a GPU whose L2 cache has none of the inputs, as after other work: what is read
comes from DRAM once. What is written may stay in the L2 cache, as much as fits. So it is kept apart
here, and so are the products that an algorithm needs; protocol/roofline.py, which holds a measured
time against rates of the same run, counts every array, and operations as papers do.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.benchmarks import convolution_work
from crosscheck.benchmarks.predict.calls import Call


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
    needed = convolution_work.products(problem)
    if call.algorithm == "winograd":  # 16 products for 2 x 2 outputs, those of the padding included
        extents = problem.outputs if call.direction == "forward" else problem.images
        tiles = -(-extents[2] // 2) * -(-extents[3] // 2)
        needed = 16.0 * problem.n * problem.k * problem.channels * tiles
    if "input" in read and call.direction != "input_gradient":
        read["input"] *= convolution_work.share_read(problem, call.layout, itemsize=4)
    return Work(convolution_work.multiply_adds(problem), needed, sum(read.values()), written)
