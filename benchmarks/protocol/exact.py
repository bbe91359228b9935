"""The exact result of a part, and how far off a right one may be: parity's, on these numbers.

PyTorch's own results may use any algorithm, so they get the widest of the operator's bounds. TF32
rounds the factors of products first, to 10 bits behind the point, which a GPU may do by cutting
off: v = 2^-10. By design that adds (2 v + v^2) T to the bound, T being the result on absolute
values; and its sums are cut off, too, where float32's are rounded, which doubles the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol import exact_mean
from crosscheck.parity import expected
from crosscheck.parity.case import Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.reference_call import reference_call
from crosscheck.parity.shared import sums

TF32 = 2.0**-10  # the largest relative error of a factor


@dataclass(frozen=True)
class Rounds:
    """How a subject rounds.

    algorithm   of ours, whose bound it gets; "": any of the operator's
    factors     the largest relative error of a factor before it is multiplied
    """

    algorithm: str = ""
    factors: float = 0.0


def of(
    op: str,
    direction: str,
    tensors: Mapping[str, np.ndarray],
    options: Mapping[str, Any],
    dtype: str,
    rounds: Rounds,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (exact, limit) of a direction's result, in float64: how far off each element may be.

    `tensors` are the inputs and "grad_output" by name, C-contiguous, of `dtype`. A limit of 0 asks
    for equality. Raises ValueError for what PyTorch refuses.
    """
    if op == "cross_entropy" and direction == "forward":
        sizes = {name: each.shape for name, each in tensors.items()}
        if exact_mean.is_plain_mean(sizes, options):
            rows = partial(_of_call, op, direction, dtype=dtype, rounds=rounds)
            return exact_mean.of(tensors, options, dtype, rows)
    return _of_call(op, direction, tensors, options, dtype, rounds)


def _of_call(
    op: str,
    direction: str,
    tensors: Mapping[str, np.ndarray],
    options: Mapping[str, Any],
    dtype: str,
    rounds: Rounds,
) -> tuple[np.ndarray, np.ndarray]:
    operator = OPERATORS[op]
    inputs = {name: each for name, each in tensors.items() if name != "grad_output"}
    gradient = tensors["grad_output"]
    case = Case(op, "benchmarks", "part", "", inputs, options)
    call = reference_call(case, inputs, operator.reference_options(options), expected.in_float64)
    exact = call.run(inputs, gradient)
    given = call, inputs, gradient, exact, dtype
    limit = operator.bounds(*given).get(direction, np.zeros(exact[direction].shape))
    own = operator.rounding
    if rounds.algorithm in own:
        limit = own[rounds.algorithm].bounds(*given).get(direction, limit)
    elif not rounds.algorithm:
        for each in own.values():
            limit = np.maximum(limit, each.bounds(*given).get(direction, 0.0))
    if rounds.factors:
        magnitude = sums.magnitudes(call, inputs, gradient)[direction]
        limit = 2 * limit + (2 * rounds.factors + rounds.factors**2) * magnitude
    return exact[direction], limit
