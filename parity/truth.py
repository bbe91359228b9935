"""What a case must give: its data, the exact results, how far off they may be, and the integer leg.

Everything here is independent of algorithm, device and memory layout, so it is worked out once and
shared: small truths are remembered, because many cases differ only in layout.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

import numpy as np

from parity import bounds, data, reference
from parity.case import Case

Arrays = Mapping[str, np.ndarray]

EXACT_BELOW = 2**24  # float32 holds every smaller integer; float64 then holds them, too
LARGEST_INTEGER = 7  # enough to tell elements apart, small enough for long sums
REMEMBERED = 512  # truths; PyTorch's own samples repeat themselves
SMALL = 2**12  # elements; larger truths are not kept


@dataclass(frozen=True)
class Leg:
    """One set of data and what it must give.

    `tensors` are the inputs and "grad_output", and what a gradient reads of the forward pass: max
    pooling's "indices", relu's "output". `exact` holds the float64 results by direction.
    """

    tensors: Arrays
    exact: Arrays


@dataclass(frozen=True)
class Truth:
    """The real leg with its bounds and PyTorch's own errors by direction, and the integer leg.

    `integer` is None when no integers would make every sum exact; `why_no_integers` says why.
    """

    real: Leg
    bounds: Arrays
    torch_errors: Mapping[str, float]
    integer: Leg | None
    why_no_integers: str


_recent: OrderedDict[tuple, Truth] = OrderedDict()


def of(case: Case, dtype: str) -> Truth:
    """Return the truth of `case` in `dtype`. Raises ValueError when PyTorch refuses the case."""
    inputs = data.real(case, dtype)
    problem = _freeze(case)
    if sum(each.size for each in inputs.values()) > SMALL:
        return _truth(case, dtype, inputs, problem)
    # The bytes themselves, not a name for them: a stale truth must be impossible.
    key = (problem, case.seed, dtype, tuple(each.tobytes() for each in inputs.values()))
    if key not in _recent:
        _recent[key] = _truth(case, dtype, inputs, problem)
        if len(_recent) > REMEMBERED:
            _recent.popitem(last=False)
    return _recent[key]


def _freeze(case: Case) -> tuple[str, tuple, tuple]:
    """Return the operator, shapes and options of the case as a key."""
    shapes = tuple(
        (name, tuple(np.shape(each)) if isinstance(each, np.ndarray) else tuple(each))
        for name, each in case.inputs.items()
    )
    options = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in case.options.items()
        if name != "return_indices"
    )
    return case.op, shapes, options


def _truth(case: Case, dtype: str, inputs: Arrays, problem: tuple[str, tuple, tuple]) -> Truth:
    op, _, frozen = problem
    options = dict(frozen)
    try:
        terms = _terms(*problem)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"PyTorch refuses {case.repro!r}: {error}") from error
    grad_output = data.gradient(case, terms["forward"].shape, dtype)
    exact = reference.run(op, inputs, grad_output, options, "float64")
    own = exact if dtype == "float64" else reference.run(op, inputs, grad_output, options, dtype)
    limits = {name: np.zeros_like(each) for name, each in exact.items() if name != "indices"}
    if op == "max_pool2d":
        counted = bounds.scattered(exact["indices"], grad_output, inputs["input"].shape)
        limits["input_gradient"] = bounds.bound(*counted, dtype)
    elif op != "relu":
        absolute = {name: np.abs(each) for name, each in inputs.items()}
        sums = reference.run(op, absolute, np.abs(grad_output), options, "float64")
        limits = {each: bounds.bound(terms[each], np.abs(sums[each]), dtype) for each in limits}
    errors = {each: bounds.compare(own[each], exact[each], limits[each])[0] for each in limits}
    integer, why = _integer_leg(*problem, case.seed)
    return Truth(_leg(op, inputs, grad_output, exact, dtype), limits, errors, integer, why)


def _leg(op: str, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str) -> Leg:
    tensors = {**inputs, "grad_output": grad_output}
    if op == "max_pool2d":
        tensors["indices"] = exact["indices"]
    elif op == "relu":
        tensors["output"] = exact["forward"].astype(dtype)  # a choice among inputs: not rounded
    return Leg(tensors, exact)


@lru_cache(maxsize=64)
def _terms(op: str, shapes: tuple, options: tuple) -> Arrays:
    """Return the number of terms in every result's sums: what the operation gives on all ones."""
    counting = dict(options)
    if op == "avg_pool2d":
        counting["divisor_override"] = 1  # count the pixels, do not average them
    ones = {name: np.ones(shape) for name, shape in shapes}
    shape = reference.run(op, ones, None, counting, "float64")["forward"].shape
    return reference.run(op, ones, np.ones(shape), counting, "float64")


@lru_cache(maxsize=64)
def _integer_leg(op: str, shapes: tuple, options: tuple, seed: int) -> tuple[Leg | None, str]:
    """Return integers small enough that every partial sum, in any order, stays exact in float32.

    Then every algorithm must agree to the bit. avg_pool2d's output gradients are multiples of their
    window's divisor, so that its quotients are integers, too; its forward is one division of an
    exact sum, and rounding that quotient to float64 first and to float32 second gives the same as
    rounding once, because 53 >= 2 * 24 + 2 (Figueroa, "When is double rounding innocuous?").
    """
    terms = _terms(op, shapes, options)
    most = max((int(np.max(each, initial=0)) for each in terms.values()), default=0)
    divisors = np.ones(terms["forward"].shape)
    if op == "avg_pool2d":
        ones = {"input": np.ones(dict(shapes)["input"])}
        divisors = np.rint(
            terms["forward"] / reference.run(op, ones, None, dict(options), "float64")["forward"]
        )
    largest = max(most, int(np.max(np.abs(divisors), initial=0)), 1)
    fits = (EXACT_BELOW - 1) // largest
    amplitude = min(LARGEST_INTEGER, isqrt(fits) if op == "conv2d" else fits)
    if amplitude < 1:
        return None, f"no integers keep a sum of {largest} terms below 2^24"
    inputs = {name: data.integers(seed, name, shape, amplitude) for name, shape in shapes}
    multiples = data.integers(seed, "grad_output", divisors.shape, amplitude)
    grad_output = np.asarray(divisors * multiples)
    exact = reference.run(op, inputs, grad_output, dict(options), "float64")
    return _leg(op, inputs, grad_output, exact, "float64"), ""
