"""adaptive_avg_pool2d: the mean of each window.

- forward: the sum of n pixels, then one division by n: m = n (bounds.py), T = mean of |x|.
- input gradient: a sum of n quotients g / size, one rounding each, over the windows that the pixel
  is in: m = n.

PyTorch, whose float64 results are the exact ones, divides twice, by the window's rows and by its
columns: one rounding more. So both bounds have n + 1 in place of n.
"""

from math import lcm

import numpy as np

from crosscheck.kernels.pooling import adaptive_avg_pool2d
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, batch, extent, one_of, pair


def _inside(pixels: int, windows: int) -> np.ndarray:
    """Return (windows, pixels): whether window i has pixel h, by PyTorch's rule."""
    i, h = np.arange(windows)[:, None], np.arange(pixels)
    return (i * pixels // windows <= h) & (h < -(-(i + 1) * pixels // windows))


def _windows(call: ReferenceCall) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return `_inside` of the rows and of the columns, and the shape of the output."""
    shape = dict(call.shapes)["input"]
    size = call.options["output_size"]
    size = (size, size) if isinstance(size, int) else size
    extents = tuple(h if p is None else p for p, h in zip(size, shape[-2:], strict=True))
    rows, columns = (_inside(h, p) for h, p in zip(shape[-2:], extents, strict=True))
    return rows, columns, (*shape[:-2], *extents)


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    rows, columns, output = _windows(call)
    pixels = np.multiply.outer(rows.sum(1), columns.sum(1))
    around = np.multiply.outer(rows.sum(0), columns.sum(0))
    terms = {
        "forward": np.broadcast_to(pixels + 1.0, output),
        "input_gradient": np.broadcast_to(around + 1.0, inputs["input"].shape),
    }
    return sums.bounds(call, inputs, grad_output, terms, dtype)


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    rows, columns, _ = _windows(call)
    sizes = sums.magnitudes(call, inputs, grad_output)
    pixels = np.multiply.outer(rows.sum(1), columns.sum(1))
    return {**sizes, "forward": sizes["forward"] * pixels}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return multiples of every window's size, so that every quotient is an integer."""
    rows, columns, output = _windows(call)
    common = lcm(*map(int, rows.sum(1))) * lcm(*map(int, columns.sum(1)))
    longest = max(np.max(each.sum(axis), initial=1) for each in (rows, columns) for axis in (0, 1))
    amplitude = sums.largest_product(common * int(longest) ** 2)
    drawn = sums.integers(call, seed, {"grad_output": output}, amplitude)
    return {name: common * each for name, each in drawn.items()}


def _fuzz(rng: np.random.Generator) -> Drawn:
    size = one_of(rng, (*(pair(rng, 9) for _ in range(4)), 1, (None, extent(rng, 5))))
    return {"input": (*batch(rng), extent(rng, 5), *pair(rng, 12))}, {"output_size": size}


OPERATOR = Operator(
    name="adaptive_avg_pool2d",
    order=11,
    kernels=adaptive_avg_pool2d,
    parameters=("input", "output_size"),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)
