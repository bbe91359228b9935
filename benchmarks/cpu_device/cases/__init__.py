"""The cases, one family a file."""

from crosscheck.benchmarks.cpu_device.case import Case
from crosscheck.benchmarks.cpu_device.cases import (
    convolution,
    elementwise,
    histogram,
    mandelbrot,
    matmul,
    pooling,
    reduction,
    scan,
    softmax,
    stencil,
    transpose,
)

_FAMILIES = (
    elementwise,
    matmul,
    convolution,
    pooling,
    stencil,
    transpose,
    mandelbrot,
    reduction,
    softmax,
    scan,
    histogram,
)

CASES: dict[str, Case] = {case.name: case for family in _FAMILIES for case in family.CASES}
