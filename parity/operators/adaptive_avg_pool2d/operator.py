"""adaptive_avg_pool2d in the suite.

- forward: n pixels of a window added up exactly as they are, then one division by n: m = n
  (bounds.py), T = |mean of |x||.
- input gradient: n quotients g / size, one rounding each, over the windows that hold the pixel:
  m = n.
PyTorch, from which the truth comes, divides twice, by the rows and by the columns of the window:
one rounding more. So n + 1 stands for n in both.
"""

from math import lcm

import numpy as np

from crosscheck.kernels.pooling import adaptive_average
from crosscheck.parity.operator import Operator
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, batch, edge, one_of, pair


def _inside(extent: int, parts: int) -> np.ndarray:
    """Return (parts, extent): whether window i holds pixel h, by PyTorch's rule."""
    i, h = np.arange(parts)[:, None], np.arange(extent)
    return (i * extent // parts <= h) & (h < -(-(i + 1) * extent // parts))


def _windows(question: Question) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return `_inside` of the rows and of the columns, and the shape of the output."""
    shape = dict(question.shapes)["input"]
    size = question.options["output_size"]
    size = (size, size) if isinstance(size, int) else size
    extents = tuple(h if p is None else p for p, h in zip(size, shape[-2:], strict=True))
    rows, columns = (_inside(h, p) for h, p in zip(shape[-2:], extents, strict=True))
    return rows, columns, (*shape[:-2], *extents)


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    rows, columns, output = _windows(question)
    pixels = np.multiply.outer(rows.sum(1), columns.sum(1))
    around = np.multiply.outer(rows.sum(0), columns.sum(0))
    terms = {
        "forward": np.broadcast_to(pixels + 1.0, output),
        "input_gradient": np.broadcast_to(around + 1.0, inputs["input"].shape),
    }
    return sums.limits(question, inputs, grad_output, terms, dtype)


def _integers(question: Question, seed: int) -> Arrays:
    """Return multiples of every window's rows and columns: integers, however they are divided."""
    rows, columns, output = _windows(question)
    common = lcm(*map(int, rows.sum(1))) * lcm(*map(int, columns.sum(1)))
    longest = max(np.max(each.sum(axis), initial=1) for each in (rows, columns) for axis in (0, 1))
    amplitude = sums.largest_product(common * int(longest) ** 2)
    drawn = sums.integers(question, seed, {"grad_output": output}, amplitude)
    return {name: common * each for name, each in drawn.items()}


def _fuzz(rng: np.random.Generator) -> Drawn:
    size = one_of(rng, (*(pair(rng, 9) for _ in range(4)), 1, (None, edge(rng, 5))))
    return {"input": (*batch(rng), edge(rng, 5), *pair(rng, 12))}, {"output_size": size}


OPERATOR = Operator(
    name="adaptive_avg_pool2d",
    order=11,
    kernels=adaptive_average,
    parameters=("input", "output_size"),
    differentiable=("input",),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)
