"""Adam's kernels, with the formulas of one element; `adam` and `adamw` are the operators.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    m = m + (1 - beta1) * (g - m)
    v = beta2 * v + (1 - beta2) * g * g
    p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)

With amsgrad the largest v so far stands under the root. AdamW is the same kernel, with p first
multiplied by 1 - lr * weight_decay instead of g changed.

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows.
Constraints: none. `foreach_kernel` takes a list of parameters, several quads a thread: see
foreach.py. It moves 28 bytes an element in 69 instructions (all that are there; the slow ways of a
division or a root, which denormals take, do not run) and 54 registers (float32, sm_90a).

The operations and their order are those of `torch.optim.Adam`. On either device the compiler fuses
a product with the sum it goes into: one rounding for two, and not the bits of PyTorch where that
does otherwise.
"""

import math
from typing import NamedTuple

from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.optimizer.foreach import APART, THREADS, TURNS, chunk_of_block
from crosscheck.kernels.ptx import array_at, element_bytes, load_quad, store_quad


class Numbers(NamedTuple):
    """What the kernels take beside the arrays."""

    shrink: float
    decay: float
    weight1: float
    beta2: float
    weight2: float
    rate: float
    root: float
    eps: float
    maximize: bool
    amsgrad: bool


@device_function
def updated(p, g, m, v, largest, numbers):
    """Return the new p, m, v and largest of one element."""
    shrink, decay, weight1, beta2, weight2, rate, root, eps, maximize, amsgrad = numbers
    p = p * shrink
    slope = -g if maximize else g
    if decay != real(0):
        slope = slope + decay * p
    if weight1 + weight1 < real(1):
        m = m + weight1 * (slope - m)
    else:  # torch's lerp starts from the nearer end
        m = slope + (slope - m) * (weight1 - real(1))
    v = cuda.fma(v, beta2, weight2 * slope * slope)
    below = v
    if amsgrad:
        if largest > v or largest != largest:  # a NaN stays, as in torch.maximum
            below = largest
    return p - rate * m / (math.sqrt(below) / root + eps), m, v, below


@device_function
def updated_quad(p, g, m, v, largest, numbers):
    p0, m0, v0, largest0 = updated(p[0], g[0], m[0], v[0], largest[0], numbers)
    p1, m1, v1, largest1 = updated(p[1], g[1], m[1], v[1], largest[1], numbers)
    p2, m2, v2, largest2 = updated(p[2], g[2], m[2], v[2], largest[2], numbers)
    p3, m3, v3, largest3 = updated(p[3], g[3], m[3], v[3], largest[3], numbers)
    return (
        (p0, p1, p2, p3),
        (m0, m1, m2, m3),
        (v0, v1, v2, v3),
        (largest0, largest1, largest2, largest3),
    )


@device_function
def is_amsgrad(numbers):
    _, _, _, _, _, _, _, _, _, amsgrad = numbers
    return amsgrad


@device_function
def update(p, g, m, v, largest, stored, i, numbers):
    """Update element i of each array; largest is not touched without amsgrad."""
    amsgrad = is_amsgrad(numbers)
    most = largest[i] if amsgrad else real(0)
    value, m[i], v[i], most = updated(p[i], g[i], m[i], v[i], most, numbers)
    p[i] = value
    if element_bytes(stored) == 2:
        stored[i] = value
    if amsgrad:
        largest[i] = most


@kernel
def step_kernel(p, g, m, v, largest, stored, numbers):
    """p, g, m, v, largest, stored (count); largest is empty without amsgrad; stored is p, or p in
    16 bits.
    """
    i = index(cuda.grid(1))
    if i < index(p.size):
        update(p, g, m, v, largest, stored, i, numbers)


@kernel
def foreach_kernel(parameters, chunks, like, stored, numbers):
    """The arrays of parameters are p, g, m, v, largest, and p in 16 bits: see foreach.py."""
    owner, count, are_quads, offset, short = chunk_of_block(parameters, chunks, like, stored)
    t = index(cuda.threadIdx.x)
    p = array_at(real, parameters[owner, 2] + offset, count)
    g = array_at(stored, parameters[owner, 3] + short, count)
    m = array_at(real, parameters[owner, 4] + offset, count)
    v = array_at(real, parameters[owner, 5] + offset, count)
    largest = array_at(real, parameters[owner, 6] + offset, count)
    rounded = array_at(stored, parameters[owner, 7] + short, count)
    amsgrad = is_amsgrad(numbers)
    if are_quads:
        for turn in range(TURNS):
            at = t * 4 + index(turn * APART)
            most = real(0), real(0), real(0), real(0)
            values, slopes = load_quad(p, at), load_quad(g, at)
            means, squares = load_quad(m, at), load_quad(v, at)
            if amsgrad:
                most = load_quad(largest, at)
            values, means, squares, most = updated_quad(
                values, slopes, means, squares, most, numbers
            )
            store_quad(p, at, values)
            if element_bytes(stored) == 2:
                store_quad(rounded, at, values)
            store_quad(m, at, means)
            store_quad(v, at, squares)
            if amsgrad:
                store_quad(largest, at, most)
    else:
        for i in range(t, index(count), THREADS):
            update(p, g, m, v, largest, rounded, i, numbers)
