"""Convolution of float32 on tensor cores: three TF32 products make one of float32.

What it adds to `tensor_core`: a number is the sum of two that TF32 can hold, big and small, but for
2^-23 of it (`split` in tensor_cores/multiplication.py). So

    x w  =  big_x big_w + big_x small_w + small_x big_w,  and small_x small_w is at most 2^-22 of it

What it gains: 96 HMMA in 421 instructions with 128 x 128 outputs a block: three times the HMMAs of
TF32, so a third of its ceiling, which is 102 TFLOP/s of an H200, where FFMA has 67, and 52 of an
A100's, where FFMA has 19.5.

Tensor cores do not add as FFMA does. They align a block of products, 4 or 8 of TF32, with the
accumulator to the largest exponent, keep one or two bits below 24, cut the rest off, and cut the
sum to 24 bits, towards zero (Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of NVIDIA
tensor cores", 2021; Khattak and Mikaitis, 2025). On an accumulator that is kept there, that loses
up to 2.25 n u on an H100 and 4.5 n u on an A100 for a sum of n terms, u being 2^-24: more than n
roundings of float32 may. Therefore eight terms at a time are added there, from 0, the small
products first, and their sums in float32: n u / 8 + 22 u, less than n u from 26 terms on. Below
that it is not chosen. The FADDs run beside the HMMAs.

Infinities become NaN, which their small parts are; numbers of 2^128 (1 - 2^-12) and above count as
infinite. NaN stays NaN. Takes what `tensor_core` takes, of float32.
"""

from functools import partial

from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_core import unsupported
from crosscheck.kernels.convolution.tensor_cores import launch, weight_launch
from crosscheck.kernels.convolution.tensor_cores.tile import Kind, WarpTile
from crosscheck.kernels.schedule import Scheduled

__all__ = ["forward", "input_gradient", "least_terms", "unsupported", "weight_gradient"]

LEAST_TERMS = 26  # of a sum whose bound is that of float32

TILES = {
    "float32": (
        WarpTile(128, 128, 64, 32, Kind.TF32_3X, ceiling=1.52),
        WarpTile(128, 64, 64, 32, Kind.TF32_3X, blocks=2, ceiling=1.52),
        WarpTile(64, 64, 32, 32, Kind.TF32_3X, blocks=3, ceiling=1.52),
    )
}
WEIGHT_TILES = {
    "float32": (
        WarpTile(128, 128, 64, 32, Kind.TF32_3X, ceiling=1.52),
        WarpTile(64, 64, 32, 32, Kind.TF32_3X, blocks=3, ceiling=1.52),
    )
}


def least_terms(direction: str, problem: Problem) -> int:
    """Return how many terms the shortest sums of a direction have, but for the images' borders."""
    if direction == "weight_gradient":
        return problem.n * problem.p * problem.q
    if direction == "forward":
        return problem.channels * problem.r * problem.s
    (down, across), (r, s) = problem.stride, (problem.r, problem.s)
    return problem.filters * (r // down) * (s // across)


forward = Scheduled(partial(launch.forward, TILES))
input_gradient = Scheduled(partial(launch.input_gradient, TILES))
weight_gradient = Scheduled(partial(weight_launch.weight_gradient, WEIGHT_TILES))
