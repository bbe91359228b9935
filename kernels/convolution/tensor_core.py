"""Convolution on tensor cores: the products of a warp by one instruction, float32 rounded to TF32.

tensor_cores/product.py has the kernel.
"""

from functools import partial

from crosscheck.kernels.convolution.lookup import MAX_TAPS
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_cores import launch
from crosscheck.kernels.convolution.tensor_cores.tile import Kind, WarpTile
from crosscheck.kernels.schedule import Scheduled

TILES = {
    "float32": (
        WarpTile(128, 128, 64, 64, Kind.TF32, ceiling=4.57),
        WarpTile(128, 64, 64, 32, Kind.TF32, ceiling=3.1, blocks=2),
        WarpTile(64, 64, 32, 32, Kind.TF32, ceiling=2.3, blocks=4),
    )
}


def unsupported(problem: Problem) -> str:
    """Return why this problem is not taken, "" where it is."""
    if problem.pooled:
        return "pooling"
    if problem.r + problem.s > MAX_TAPS:
        return f"r + s is {problem.r + problem.s}; expected at most {MAX_TAPS}"
    return ""


forward = Scheduled(partial(launch.forward, TILES))
input_gradient = Scheduled(partial(launch.input_gradient, TILES))
