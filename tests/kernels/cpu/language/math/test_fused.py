"""Sums and differences with a product as an operand are fused; nothing else is."""

from fractions import Fraction

import llvmlite.binding as llvm
import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit, modes

# a * b is inexact by more than c's last place, so that one rounding and two differ.
A, B, C = 1 + 2.0**-30, 1 - 2.0**-30, 1.0


def exactly(*terms):
    """Return a sum of products, rounded once."""
    total = Fraction(0)
    for sign, *factors in terms:
        product = Fraction(sign)
        for factor in factors:
            product *= Fraction(factor)
        total += product
    return float(total)


def fused(a, b, c, out):
    out[0] = a * b + c
    out[1] = c + a * b
    out[2] = a * b - c
    out[3] = c - a * b
    total = c
    total += a * b
    out[4] = total
    out[5] = a * b + c * c  # the left product is exact


def separate(a, b, c, out):
    product = a * b
    if out.size:
        out[0] = product + c
        out[1] = product - c


@pytest.mark.skipif(
    not llvm.get_host_cpu_features().get("fma", True), reason="the processor fuses nothing"
)
def test_one_rounding_where_the_product_is_an_operand_of_the_sum():
    out = np.zeros(6)
    jit(fused)[1, 1](A, B, -C, out)
    expected = [
        *[exactly((1, A, B), (-1, C))] * 2,
        exactly((1, A, B), (1, C)),
        exactly((-1, C), (-1, A, B)),
        exactly((1, A, B), (-1, C)),
        exactly((1, A, B), (1, C, C)),
    ]
    assert out.tolist() == expected
    assert out[0] != A * B - C


def test_two_roundings_where_it_is_not():
    out = np.zeros(2)
    jit(separate)[1, 1](A, B, -C, out)
    assert out.tolist() == [A * B - C, A * B + C]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bits_do_not_depend_on_how_a_kernel_is_compiled(dtype):
    @jit(device=True)
    def mixed(a, b, c):
        scaled = a * b
        if c != 0:
            scaled = scaled - c * b
        return scaled + b * c - a * a

    @jit
    def kernel(x, y, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = mixed(x[i], y[i], x[i] - y[i]) - mixed(y[i], x[i], y[0])

    @jit
    def waiting(x, y, out):
        i = cuda.grid(1)
        cuda.syncthreads()
        if i < out.size:
            out[i] = mixed(x[i], y[i], x[i] - y[i]) - mixed(y[i], x[i], y[0])

    x, y = np.random.default_rng(0).standard_normal((2, 1000)).astype(dtype)
    results = []
    for function, changes in ((kernel, {}), (waiting, {}), (kernel, {"sanitize": True})):
        out = np.empty(1000, dtype)
        with modes.using(**changes):
            function[10, 100](x, y, out)
        results.append(out)
    out = np.empty(1000, dtype)
    kernel[10, 100](x[::-1][::-1], np.repeat(y, 2)[::2], out)  # other strides, other code
    assert all((result == out).all() for result in results)
