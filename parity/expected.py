"""What a case must give: its data, PyTorch's exact results, their error bounds, and exact integers.

None of it depends on the device or the memory layout, and of all only the bounds of a few
algorithms on the algorithm. So it is computed once and shared: small ones are cached, because many
cases differ only in layout.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from crosscheck.parity import allowances, data, reference
from crosscheck.parity.bounds import SHORT, stored
from crosscheck.parity.case import Case
from crosscheck.parity.operator import NoIntegers, Numbers, Operator
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall, reference_call

CACHED = 512  # cases; PyTorch's own samples repeat themselves
SMALL = 2**12  # elements; the results of larger inputs are not cached


@dataclass(frozen=True)
class Data:
    """Tensors to run the kernels on, and the exact results.

    `tensors` are the inputs, "grad_output" and what gradients read of the forward pass; `exact` are
    the results in float64. Both by name.
    """

    tensors: Arrays
    exact: Arrays


class Limits(NamedTuple):
    """The bounds of results, and how large intermediates may get, for special values."""

    bounds: Arrays
    intermediates: Arrays


@dataclass(frozen=True)
class Expected:
    """Random data with the bound of every result, and integers, whose results must be equal.

    `intermediates` is how large intermediate results may get, for special values. `own` has other
    limits of results, by algorithm. `torch_errors`
    are PyTorch's own largest errors on the random data, by result. `integer` is None where no
    integers keep every sum exact (`why_no_integers` says why), and for special values, whose
    integers are those of the problem without them.
    """

    real: Data
    bounds: Arrays
    intermediates: Arrays
    own: Mapping[str, Limits]
    torch_errors: Mapping[str, float]
    integer: Data | None
    why_no_integers: str

    def limits(self, algorithm: str) -> Limits:
        """Return the limits of an algorithm's results."""
        own = self.own.get(algorithm, Limits({}, {}))
        return Limits({**self.bounds, **own.bounds}, {**self.intermediates, **own.intermediates})


_cache: OrderedDict[tuple, Expected] = OrderedDict()


def of(case: Case, dtype: str) -> Expected:
    """Return what `case` must give in `dtype`. Raises ValueError when PyTorch refuses the case."""
    operator = OPERATORS[case.op]
    inputs = data.real(case, operator, dtype)
    call = reference_call(case, inputs, operator.reference_options(case.options), in_float64)
    if sum(each.size for each in inputs.values()) > SMALL:
        return _expected(case, dtype, inputs, call)
    # The key holds the bytes themselves, not a hash of them: it must never match other data.
    special = tuple(case.special.items())
    key = (call, case.seed, special, dtype, tuple(each.tobytes() for each in inputs.values()))
    if key not in _cache:
        _cache[key] = _expected(case, dtype, inputs, call)
        if len(_cache) > CACHED:
            _cache.popitem(last=False)
    return _cache[key]


def in_float64(op: str, inputs: Arrays, grad_output: np.ndarray | None, options: Options) -> Arrays:
    """Return every result of PyTorch in float64."""
    return reference.run(op, inputs, grad_output, options, "float64")


def _expected(case: Case, dtype: str, inputs: Arrays, call: ReferenceCall) -> Expected:
    operator, options = OPERATORS[case.op], call.options
    try:
        shape = call.run(inputs)["forward"].shape
    except (RuntimeError, TypeError, IndexError) as error:
        raise ValueError(f"PyTorch refuses {case.repro!r}: {error}") from error
    grad_output = data.gradient(case, shape, dtype)
    exact = call.run(inputs, grad_output)
    torch_results = exact
    if dtype != "float64":
        torch_results = _of_torch(case.op, inputs, grad_output, options, dtype)
    bounds = {
        name: stored(np.zeros_like(each), each, dtype)
        for name, each in exact.items()
        if each.dtype.kind == "f"
    }
    tensors = {**inputs, "grad_output": grad_output}
    finite = allowances.stand_ins(tensors)
    finite_gradient = finite.pop("grad_output")
    integer, why_no_integers = None, ""
    overflows = bool(case.special) or dtype in SHORT

    def limits(bounds: Numbers, intermediates: Numbers) -> Limits:
        found = bounds(call, inputs, grad_output, exact, dtype)
        found = {name: stored(each, exact[name], dtype) for name, each in found.items()}
        rest = finite, finite_gradient, exact, dtype
        return Limits(found, intermediates(call, *rest) if overflows else {})

    with np.errstate(**({"all": "ignore"} if overflows else {})):
        general = limits(operator.bounds, operator.intermediates)
        own = {name: limits(*each) for name, each in operator.rounding.items()}
        if not case.special:
            integer, why_no_integers = _integer_data(call, case.seed)
            too_long = integer and dtype in SHORT and _not_held(integer.tensors, dtype)
            if too_long:
                integer, why_no_integers = None, f"{dtype} does not hold the integers of {too_long}"
    bounds |= general.bounds
    torch_errors = {
        name: _largest_error(torch_results.get(name, exact[name]), exact[name]) for name in bounds
    }
    real = _data(operator, tensors, options, exact, dtype)
    rest = torch_errors, integer, why_no_integers
    return Expected(real, bounds, general.intermediates, own, *rest)


def _of_torch(
    op: str, inputs: Arrays, grad_output: np.ndarray, options: Options, dtype: str
) -> Arrays:
    """Return PyTorch's results in the dtype; {} where its CPU kernels have no 16 bits."""
    try:
        return reference.run(op, inputs, grad_output, options, dtype)
    except RuntimeError:
        if dtype in SHORT:
            return {}
        raise


def _largest_error(computed: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest error of the finite elements."""
    finite = np.isfinite(computed) & np.isfinite(exact)
    return float(np.max(np.abs(computed[finite] - exact[finite]), initial=0.0))


def _data(operator: Operator, tensors: Arrays, options: Options, exact: Arrays, dtype: str) -> Data:
    return Data({**tensors, **operator.saved(tensors, options, exact, dtype)}, exact)


def _not_held(tensors: Arrays, dtype: str) -> str:
    """Return the names of the tensors with numbers that the dtype does not hold."""
    floating = {name: each for name, each in tensors.items() if each.dtype.kind == "f"}
    return ", ".join(name for name, each in floating.items() if (each.astype(dtype) != each).any())


@lru_cache(maxsize=64)
def _integer_data(call: ReferenceCall, seed: int) -> tuple[Data | None, str]:
    """Return integers so small that every partial sum is exact in float32, in any order.

    Then every algorithm must agree to the bit. Returns None and the reason where there are none.
    """
    operator = OPERATORS[call.op]
    try:
        tensors = operator.integers(call, seed)
    except NoIntegers as why:
        return None, str(why)
    inputs = {name: each for name, each in tensors.items() if name != "grad_output"}
    exact = call.run(inputs, tensors["grad_output"])
    return _data(operator, tensors, call.options, exact, "float64"), ""
