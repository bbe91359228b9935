"""What a case must give: its data, the exact results, how far off they may be, and the integer leg.

Everything here is independent of algorithm, device and memory layout, so it is worked out once and
shared: small truths are remembered, because many cases differ only in layout.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crosscheck.parity import bounds, data, reference
from crosscheck.parity.case import Case
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.question import Arrays, Options, Question, question

REMEMBERED = 512  # truths; PyTorch's own samples repeat themselves
SMALL = 2**12  # elements; larger truths are not kept


@dataclass(frozen=True)
class Leg:
    """One set of data and what it must give.

    `tensors` are the inputs and "grad_output", and what a gradient reads of the forward pass.
    `exact` holds the float64 results by name.
    """

    tensors: Arrays
    exact: Arrays


@dataclass(frozen=True)
class Truth:
    """The real leg with its bounds and PyTorch's own errors by result, and the integer leg.

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
    operator = OPERATORS[case.op]
    inputs = data.real(case, operator, dtype)
    asked = question(case, inputs, operator.seen(case.options), ask)
    if sum(each.size for each in inputs.values()) > SMALL:
        return _truth(case, dtype, inputs, asked)
    # The bytes themselves, not a name for them: a stale truth must be impossible.
    key = (asked, case.seed, dtype, tuple(each.tobytes() for each in inputs.values()))
    if key not in _recent:
        _recent[key] = _truth(case, dtype, inputs, asked)
        if len(_recent) > REMEMBERED:
            _recent.popitem(last=False)
    return _recent[key]


def ask(op: str, inputs: Arrays, grad_output: np.ndarray | None, options: Options) -> Arrays:
    """Return every result of PyTorch in float64."""
    return reference.run(op, inputs, grad_output, options, "float64")


def _truth(case: Case, dtype: str, inputs: Arrays, asked: Question) -> Truth:
    operator, options = OPERATORS[case.op], asked.options
    try:
        shape = asked.ask(inputs)["forward"].shape
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"PyTorch refuses {case.repro!r}: {error}") from error
    grad_output = data.gradient(case, shape, dtype)
    exact = _in_range(asked.ask(inputs, grad_output), dtype)
    own = exact
    if dtype != "float64":
        own = reference.run(case.op, inputs, grad_output, options, dtype)
    limits = {name: np.zeros_like(each) for name, each in exact.items() if each.dtype.kind == "f"}
    limits |= operator.limits(asked, inputs, grad_output, exact, dtype)
    errors = {each: bounds.compare(own[each], exact[each], limits[each])[0] for each in limits}
    leg = _leg(operator, {**inputs, "grad_output": grad_output}, options, exact, dtype)
    return Truth(leg, limits, errors, *_integer_leg(asked, case.seed))


def _in_range(results: Arrays, dtype: str) -> Arrays:
    """Return the results with infinity for what `dtype` rounds to infinity."""
    with np.errstate(over="ignore"):
        return {
            name: np.where(np.isinf(each.astype(dtype)), np.copysign(np.inf, each), each)
            if each.dtype.kind == "f"
            else each
            for name, each in results.items()
        }


def _leg(operator: Operator, tensors: Arrays, options: Options, exact: Arrays, dtype: str) -> Leg:
    return Leg({**tensors, **operator.saved(tensors, options, exact, dtype)}, exact)


@lru_cache(maxsize=64)
def _integer_leg(asked: Question, seed: int) -> tuple[Leg | None, str]:
    """Return integers small enough that every partial sum, in any order, stays exact in float32.

    Then every algorithm must agree to the bit.
    """
    operator = OPERATORS[asked.op]
    try:
        tensors = operator.integers(asked, seed)
    except NoIntegers as why:
        return None, str(why)
    inputs = {name: each for name, each in tensors.items() if name != "grad_output"}
    exact = asked.ask(inputs, tensors["grad_output"])
    return _leg(operator, tensors, asked.options, exact, "float64"), ""
