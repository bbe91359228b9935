"""Check one direction of one case with one algorithm, in five ways.

1. Real numbers: random inputs and output gradients; the error must be within the derived bound.
2. Poison: outputs start as garbage inside a guard band. Every element of an output must be
   written, and no element of the guard band.
3. Repetition: a second launch, onto other garbage, must give the same bits.
4. Integers: where small integers make every sum exact in any order, results must be equal.
5. Inputs: no bit of them, nor of the guard band around them, may change.

A sixth, that nn.functional gives the same bits, is in tape.py. A kernel that raises is a failure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.parity import bounds
from crosscheck.parity.allowances import Allowances
from crosscheck.parity.case import SHORT
from crosscheck.parity.direction import Direction
from crosscheck.parity.own import registry
from crosscheck.parity.placed_case import PlacedCase
from crosscheck.parity.placement import PlacedArray, synchronize
from crosscheck.parity.result import Result

Outputs = Mapping[str, np.ndarray]

OTHER_BITS = "a second run gave other bits"
DEFAULT = "default"  # the algorithm of a row that leaves the choice to the kernels


def check(placed: PlacedCase, direction: Direction, algorithm: str) -> tuple[Result, Outputs]:
    """Return the result of all checks, and the outputs on real numbers ({} if the kernel raised).

    A passing result's message says which check could not be made, and why.
    """
    failures: list[str] = []
    try:
        first = _launch(placed, direction, algorithm, placed.real, 0, failures)
    except Unsupported as reason:
        return row(placed, direction.name, algorithm, unsupported=str(reason)), {}
    except Exception as error:  # whatever a kernel under test does must not end the run
        placed.changed_inputs()  # restored for the next algorithm
        return row(placed, direction.name, algorithm, [_named(error)]), {}
    rounding = registry.rounding(placed.case.op, direction.name, algorithm)
    measured = _measure(first.outputs, placed, rounding, failures)
    try:
        second = _launch(placed, direction, algorithm, placed.real, 1, failures)
        failures += _changed_bits(first.outputs, second.outputs)
        if placed.integer:
            third = _launch(placed, direction, algorithm, placed.integer, 0, failures)
            failures += _wrong_integers(third.outputs, placed)
    except Exception as failure:
        failures.append(f"a later launch: {_named(failure)}")
    failures += [f"input {name} was changed" for name in placed.changed_inputs()]
    result = row(
        placed,
        direction.name,
        algorithm,
        failures,
        torch_error=placed.expected.torch_errors[direction.name],
        seconds=first.seconds,
        **measured,
    )
    return result, first.outputs


def row(
    placed: PlacedCase,
    direction: str,
    algorithm: str,
    failures: list[str] | None = None,
    **measured,
) -> Result:
    """Return a result of the case: it passed if there are no failures."""
    message = "; ".join(dict.fromkeys(failures or []))  # each once, in order
    if not message and placed.expected.why_no_integers:
        message = f"integer check left out: {placed.expected.why_no_integers}"
    named = "" if algorithm == DEFAULT else algorithm
    return Result(
        op=placed.case.op,
        direction=direction,
        algorithm=algorithm,
        dtype=placed.dtype,
        device=placed.device,
        suite=placed.case.suite,
        case=placed.case.name,
        ok=not failures,
        message=message,
        special=bool(placed.case.special),
        repro=placed.case.command(placed.dtype, placed.device, named),
        **measured,
    )


@dataclass(frozen=True)
class _Launched:
    outputs: Outputs
    seconds: float


def _launch(
    placed: PlacedCase,
    direction: Direction,
    algorithm: str,
    tensors: Mapping[str, PlacedArray],
    pattern: int,
    failures: list[str],
) -> _Launched:
    """Run the direction onto poisoned outputs. Adds unwritten and stray elements to `failures`."""
    places = {
        keyword: placed.output(result, pattern)
        for keyword, result in direction.outputs.items()
        if result in placed.expected.real.exact  # an argument that was left out is not updated
    }
    arrays = {name: each.array for name, each in tensors.items()}
    outs = {keyword: place.array for keyword, place in places.items()}
    synchronize(placed.device)
    start = perf_counter()
    function = registry.function(placed.case.op, algorithm)
    if function:
        function.run(direction, arrays, placed.case.options, outs)
    else:
        placed.operator.run(direction, arrays, placed.case.options, algorithm, outs)
    synchronize(placed.device)
    seconds = perf_counter() - start
    outputs = {}
    for keyword, place in places.items():
        values, unwritten, outside = place.collect()
        if unwritten and (pattern == 0 or placed.dtype not in SHORT):  # else a number by accident
            failures.append(f"{keyword}: {unwritten} of {values.size} elements never written")
        if outside:
            failures.append(f"{keyword}: {outside} elements written outside the array")
        outputs[direction.outputs[keyword]] = values
    return _Launched(outputs, seconds)


def _measure(
    outputs: Outputs, placed: PlacedCase, algorithm: str, failures: list[str]
) -> dict[str, float]:
    """Return error, bound and share of the floating output that used most of its bound, by name.

    With special values, or in 16 bits, also how many elements are others than PyTorch's, and
    allowed. Integer outputs must be equal. Adds what is not, or not within its bound, to
    `failures`.
    """
    expected, measured = placed.expected, []
    inputs = {name: expected.real.tensors[name] for name in placed.case.inputs}
    given = inputs, expected.real.tensors["grad_output"], placed.case.options
    limits = expected.limits(algorithm)
    extra_nan = placed.operator.extra_nan(algorithm, *given)
    allowances = Allowances(limits.intermediates, extra_nan)
    for name, values in outputs.items():
        exact = expected.real.exact[name]
        if exact.dtype.kind == "f":
            limit = limits.bounds[name]
            if placed.case.special or placed.dtype in SHORT or extra_nan:
                values, exact, limit = allowances.compared(name, values, exact, limit)
            *numbers, failure = bounds.compare(values, exact, limit)
            measured.append(tuple(numbers))
            failures += [failure] if failure else []
        elif (wrong := values != exact).any():
            failures.append(f"{name}: {bounds.where(wrong, values, exact)}")
    error, bound, share = max(measured, key=lambda numbers: numbers[2])
    counts = {"overflowed": allowances.overflowed, "extra_nan": allowances.extra_nan}
    return {"error": error, "bound": bound, "share": share, **counts}


def _changed_bits(first: Outputs, second: Outputs) -> list[str]:
    return [
        f"{OTHER_BITS} in {name}"
        for name, values in first.items()
        if values.tobytes() != second[name].tobytes()
    ]


def _wrong_integers(outputs: Outputs, placed: PlacedCase) -> list[str]:
    """Compare for equality; -0 equals 0, because the order of a sum decides the sign of its 0.

    A mean of nothing is NaN for both.
    """
    failures = []
    for name, values in outputs.items():
        exact = placed.expected.integer.exact[name].astype(values.dtype)
        wrong = (values != exact) & ~(np.isnan(values) & np.isnan(exact))
        if wrong.any():
            failures.append(f"integers, {name}: {bounds.where(wrong, values, exact)}")
    return failures


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
