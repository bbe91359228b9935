"""One step of a warp: its fragments' products, added to its outputs.

A lane of a warp holds, with g = lane // 4 and t = lane % 4 (PTX ISA, "Matrix multiply-accumulate
operation using mma instruction", words instead of elements):

    a    A[g, t], A[g + 8, t], A[g, t + 4], A[g + 8, t + 4]          16 rows
    b    B[t, g], B[t + 4, g]                                         8 columns
    acc  C[g, 2 t], C[g, 2 t + 1], C[g + 8, 2 t], C[g + 8, 2 t + 1]

Where tensor cores add, they cut bits off (tensor_core.py). TF32_3X lets them add eight terms alone,
from zero, and adds those sums to the outputs in float32. The products of the small parts come
first: they are small, so what is cut off of them is tiny.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, real
from crosscheck.kernels.ptx import mma_bf16, mma_f16, mma_tf32, to_tf32

MMA = {Kind.TF32: mma_tf32, Kind.TF32_3X: mma_tf32, Kind.F16: mma_f16, Kind.BF16: mma_bf16}


@device_function
def split(word):
    """Return the words of a float32 as big + small, of which tensor cores read 11 bits each.

    big is rounded, so what is left has at most 12 bits, of which the hardware cuts off one:
    together they are the number but for 2^-23 of it. A big that is cut leaves 13 bits, and 2^-22.
    Infinity becomes NaN, which Inf - Inf is, and so do its products.
    """
    big = np.uint32((word + np.uint32(0x1000)) & np.uint32(0xFFFFE000))
    value = cuda.libdevice.int_as_float(np.int32(word))
    rest = value - cuda.libdevice.int_as_float(np.int32(big))
    return big, np.uint32(cuda.libdevice.float_as_int(rest))


@cache
def preparation(kind: Kind, rows: int, words: int) -> DeviceFunction:
    """Return prepare(fragment, small), for fragments (rows, words) as they lie in memory.

    It leaves in `fragment` what is multiplied, and for TF32_3X in `small` what that leaves out.
    """

    ROUNDED, SPLIT = kind == Kind.TF32, kind == Kind.TF32_3X

    @device_function
    def prepare(fragment, small):
        for i in range(rows):
            for e in range(words):
                if ROUNDED:
                    fragment[i, e] = to_tf32(fragment[i, e])
                if SPLIT:
                    fragment[i, e], small[i, e] = split(fragment[i, e])

    return prepare


@cache
def multiplication(kind: Kind, down: int, across: int) -> DeviceFunction:
    """Return multiply(acc, a, b, small_a, small_b): acc += a b, of `down` x `across` fragments.

    acc (down, across, 4), a (down, 4), b (across, 2); the small parts are of TF32_3X.
    """
    mma, PRODUCTS = MMA[kind], (across, 4)

    @device_function
    def multiply(acc, a, b, small_a, small_b):
        for i in range(down):
            for j in range(across):
                mma(acc[i, j], a[i], b[j], 0)

    @device_function
    def multiply_outside(acc, a, b, small_a, small_b):
        products = cuda.local.array(PRODUCTS, real)
        for i in range(down):
            for j in range(across):
                for e in range(4):
                    products[j, e] = real(0)
            for j in range(across):
                mma(products[j], small_a[i], b[j], 0)
            for j in range(across):
                mma(products[j], a[i], small_b[j], 0)
            for j in range(across):
                mma(products[j], a[i], b[j], 0)
            for j in range(across):
                for e in range(4):
                    acc[i, j, e] += products[j, e]

    return multiply_outside if kind == Kind.TF32_3X else multiply
