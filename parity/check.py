"""Check one direction of one case with one algorithm: five legs, each for a way to be fooled.

1. Real: random inputs and random output gradients, error against the derived bound.
2. Poison: outputs start as garbage inside a guard; every element must be written, and no other.
3. Twice: a second launch onto other garbage gives the same bits.
4. Integers: small ones, whose sums are exact in any order, must agree to the bit.
5. Inputs: not one bit of them, or beside them, has changed.

A sixth, through nn.functional's tape, is in tape.py. A kernel's exception is a failing result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.parity import bounds
from crosscheck.parity.direction import Direction
from crosscheck.parity.placement import Placed, synchronize
from crosscheck.parity.result import Result
from crosscheck.parity.subject import Subject

Outputs = Mapping[str, np.ndarray]

DEFAULT = "default"  # the algorithm of a row that leaves the choice to the kernels


def check(subject: Subject, direction: Direction, algorithm: str) -> tuple[Result, Outputs]:
    """Return the result of all legs, and the outputs of the real one ({} where it did not run).

    A passing result's message says which leg could not be run, and why.
    """
    complaints: list[str] = []
    try:
        first = _launch(subject, direction, algorithm, subject.real, 0, complaints)
    except Unsupported as reason:
        return row(subject, direction.name, algorithm, unsupported=str(reason)), {}
    except Exception as error:  # whatever a kernel under test does must not end the run
        subject.inputs_changed()  # the next algorithm gets them whole
        return row(subject, direction.name, algorithm, [_named(error)]), {}
    error, bound, share = _measure(first.outputs, subject, complaints)
    try:
        second = _launch(subject, direction, algorithm, subject.real, 1, complaints)
        complaints += _changed_bits(first.outputs, second.outputs)
        if subject.integer:
            third = _launch(subject, direction, algorithm, subject.integer, 0, complaints)
            complaints += _wrong_integers(third.outputs, subject)
    except Exception as failure:
        complaints.append(f"a later launch: {_named(failure)}")
    complaints += [f"input {name} was changed" for name in subject.inputs_changed()]
    result = row(
        subject,
        direction.name,
        algorithm,
        complaints,
        error=error,
        bound=bound,
        share=share,
        torch_error=subject.truth.torch_errors[direction.name],
        seconds=first.seconds,
    )
    return result, first.outputs


def row(
    subject: Subject,
    direction: str,
    algorithm: str,
    complaints: list[str] | None = None,
    **measured,
) -> Result:
    """Return the subject's Result: it failed when there are complaints."""
    case = subject.case
    message = "; ".join(dict.fromkeys(complaints or []))  # each once, in order
    if not message and subject.truth.why_no_integers:
        message = f"integer leg left out: {subject.truth.why_no_integers}"
    return Result(
        op=case.op,
        direction=direction,
        algorithm=algorithm,
        dtype=subject.dtype,
        device=subject.device,
        suite=case.suite,
        case=case.name,
        ok=not complaints,
        message=message,
        repro=case.command(
            subject.dtype, subject.device, "" if algorithm == DEFAULT else algorithm
        ),
        **measured,
    )


@dataclass(frozen=True)
class _Launched:
    outputs: Outputs
    seconds: float


def _launch(
    subject: Subject,
    direction: Direction,
    algorithm: str,
    tensors: Mapping[str, Placed],
    pattern: int,
    complaints: list[str],
) -> _Launched:
    """Run the direction onto poisoned outputs; add to `complaints` what it wrote wrongly."""
    places = {
        keyword: subject.output(result, pattern)
        for keyword, result in direction.outputs.items()
        if result in subject.truth.real.exact  # an argument that was left out is not updated
    }
    arrays = {name: placed.array for name, placed in tensors.items()}
    outs = {keyword: placed.array for keyword, placed in places.items()}
    synchronize(subject.device)
    start = perf_counter()
    subject.operator.run(direction, arrays, subject.case.options, algorithm, outs)
    synchronize(subject.device)
    seconds = perf_counter() - start
    outputs = {}
    for keyword, placed in places.items():
        values, unwritten, outside = placed.collect()
        if unwritten:
            complaints.append(f"{keyword}: {unwritten} of {values.size} elements never written")
        if outside:
            complaints.append(f"{keyword}: {outside} elements written outside the array")
        outputs[direction.outputs[keyword]] = values
    return _Launched(outputs, seconds)


def _measure(
    outputs: Outputs, subject: Subject, complaints: list[str]
) -> tuple[float, float, float]:
    """Return (error, bound, share) of the floating output that used most of its bound.

    Integer outputs must be equal. Adds to `complaints` what is outside its bound, or not equal.
    """
    measured = []
    for name, values in outputs.items():
        exact = subject.truth.real.exact[name]
        if exact.dtype.kind == "f":
            *numbers, complaint = bounds.compare(values, exact, subject.truth.bounds[name])
            measured.append(tuple(numbers))
            complaints += [complaint] if complaint else []
        elif (wrong := values != exact).any():
            complaints.append(f"{name}: {bounds.where(wrong, values, exact)}")
    return max(measured, key=lambda numbers: numbers[2])


def _changed_bits(first: Outputs, second: Outputs) -> list[str]:
    return [
        f"a second run gave other bits in {name}"
        for name, values in first.items()
        if values.tobytes() != second[name].tobytes()
    ]


def _wrong_integers(outputs: Outputs, subject: Subject) -> list[str]:
    """Compare for equality; -0 and 0 are equal, because the order of a sum decides that sign."""
    complaints = []
    for name, values in outputs.items():
        exact = subject.truth.integer.exact[name].astype(values.dtype)
        wrong = values != exact
        if wrong.any():
            complaints.append(f"integers, {name}: {bounds.where(wrong, values, exact)}")
    return complaints


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
