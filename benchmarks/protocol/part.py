"""The part of a call that is held against its exact result, where the whole would take too long.

It is a call of the same operator, on slices of the inputs, whose result is a slice of the whole
result. So it is the measured call's own result that is checked, to its derived bound, and not that
of a smaller call. Which part is drawn at random each time.

    conv2d      forward: an image, and some filters of a group; input gradient: an image, and some
                channels of a group; weight gradient: all images, some filters and channels of a
                group
    batch_norm  some channels
    cross_entropy  input gradient of a mean: 1/2, 1/4, 1/8 ... of the rows, with grad_output by as
                many times smaller, because their mean divides by as many times less: both exactly,
                as a sum of ones up to 2^24 is exact
    others      some entries of the first axis, where results depend on no other; else everything
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol.exact_mean import is_plain_mean

PRODUCTS = 2**23  # of a convolution's part: PyTorch computes it in float64 some ten times
ELEMENTS = 2**20  # of another operator's part
BY_FIRST_AXIS = frozenset(
    ("relu", "add", "mul", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "softmax")
)

Index = tuple[slice, ...]
Sizes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Part:
    """Where it lies.

    tensors   the slices of the inputs and of "grad_output", by name; () is all of it
    result    the slice of the result
    options   those of the part's own call
    scale     of grad_output in that call: a power of 2
    """

    tensors: Mapping[str, Index]
    result: Index
    options: Mapping[str, Any]
    scale: float = 1.0


def draw(
    op: str, direction: str, sizes: Sizes, options: Mapping[str, Any], rng: np.random.Generator
) -> Part:
    """Return a part of a call whose arrays have these `sizes`, "grad_output" among them."""
    if op == "conv2d":
        return _of_conv2d(direction, sizes, options, rng)
    n, row = sizes["input"][0], prod(sizes["input"][1:])
    if op == "batch_norm":
        c = sizes["input"][1]
        taken = _some(c, ELEMENTS // max(1, prod(sizes["input"]) // c), rng)
        slices = {name: _at(1 if len(size) > 1 else 0, taken) for name, size in sizes.items()}
        result = slices["grad_output" if direction != "weight_gradient" else "weight"]
        return Part(slices, result, options)
    if op == "cross_entropy" and direction == "input_gradient" and is_plain_mean(sizes, options):
        count = n
        while count % 2 == 0 and count * row > ELEMENTS and n <= 2**24:
            count //= 2
        taken = (_some(n, count, rng),)
        slices = {"input": taken, "target": taken, "grad_output": ()}
        return Part(slices, taken, options, count / n)
    if op in BY_FIRST_AXIS and all(size[:1] == (n,) for size in sizes.values()):
        taken = (_some(n, ELEMENTS // max(1, row), rng),)
        return Part(dict.fromkeys(sizes, taken), taken, options)
    return Part(dict.fromkeys(sizes, ()), (), options)


def _of_conv2d(
    direction: str, sizes: Sizes, options: Mapping[str, Any], rng: np.random.Generator
) -> Part:
    (n, c, _, _), (k, channels, r, s) = sizes["input"], sizes["weight"]
    p, q = sizes["grad_output"][2:]
    groups = c // channels
    filters, group = k // groups, int(rng.integers(groups))
    products = p * q * r * s
    image, all_c, all_k = _some(n, 1, rng), slice(0, channels), slice(0, filters)
    if direction == "forward":
        all_k = _some(filters, PRODUCTS // (products * channels), rng)
    elif direction == "input_gradient":
        all_c = _some(channels, PRODUCTS // (products * filters), rng)
    else:
        image, most = slice(0, n), PRODUCTS // (products * n)
        all_k = _some(filters, most, rng)
        all_c = _some(channels, most // (all_k.stop - all_k.start), rng)
    in_group, of_group = _moved(all_c, group * channels), _moved(all_k, group * filters)
    slices = {
        "input": (image, in_group),
        "weight": (of_group, all_c),
        "grad_output": (image, of_group),
    }
    of = {"forward": "grad_output", "input_gradient": "input", "weight_gradient": "weight"}
    return Part(slices, slices[of[direction]], {**options, "groups": 1})


def _some(extent: int, most: int, rng: np.random.Generator) -> slice:
    """Return neighbours, at least 1 and at most `most`, anywhere in the extent."""
    count = max(1, min(extent, most))
    start = int(rng.integers(extent - count + 1))
    return slice(start, start + count)


def _moved(taken: slice, by: int) -> slice:
    return slice(taken.start + by, taken.stop + by)


def _at(axis: int, taken: slice) -> Index:
    return (*[slice(None)] * axis, taken)
