"""One step of each optimizer from every combination of special values in its arrays.

Parameter, gradient and state hold special values and ordinary ones, in all combinations of the
first three of them. `direct` takes them as one parameter, `foreach` cut into a list of many sizes
and layouts. PyTorch takes the same step in the same dtype, one tensor at a time; NaN,
infinities and the signs of zeros must be its own, finite numbers within the bound of bounds.py.
"""

import inspect
from collections.abc import Iterator, Mapping
from itertools import product
from time import perf_counter
from typing import Any

import numpy as np

from crosscheck import nn
from crosscheck.parity import bounds, reference_training
from crosscheck.parity.allowances import Allowances, stand_ins
from crosscheck.parity.case import Case
from crosscheck.parity.optimizers.bounds import of_step
from crosscheck.parity.optimizers.options import (
    FIRST_STEPS,
    OPTIONS,
    SQUARES,
    counts_of,
    state_of,
)
from crosscheck.parity.placement import synchronize, to_device, to_host
from crosscheck.parity.reference_call import Arrays
from crosscheck.parity.result import Result
from crosscheck.parity.special_values import VALUES

COUNTS = {"step": 2, "mu_product": 0.25}  # of the steps before, which correct the means of Adam
LR, FIRST = 0.05, "first step"
ORDINARY = (0.0, 1.5, -0.75)
COMBINED = 3  # arrays; the others get the same values in another order
ROWS = (len(VALUES) + 1 + len(ORDINARY)) ** COMBINED
ALGORITHMS = "foreach", "direct"

# Parameters of the list: how many elements, how many more lie before them in memory (so that they
# do not begin on 16 bytes), and the step from each to the next. A whole chunk has 4096 elements.
PIECES = ((0, 0, 1), (1, 0, 1), (3, 0, 1), (4, 0, 1), (5, 0, 1), (4097, 0, 1), (9000, 0, 1))
PIECES += ((4096, 1, 1), (6, 3, 1), (300, 0, 2), (4096, 0, 3))


def cases(suite: str) -> Iterator[Case]:
    """Yield a case for each optimizer and options, and one from no state at all."""
    for op, many in OPTIONS.items():
        for options in many:
            reason = "special values in the parameter, its gradient and the optimizer's state"
            yield _case(op, suite, "step", reason, options, state_of(op, options))
    for op, options in FIRST_STEPS.items():
        yield _case(op, suite, FIRST, "the first step makes its own state", options, ())


def _case(
    op: str,
    suite: str,
    what: str,
    reason: str,
    options: Mapping[str, Any],
    state: tuple[str, ...],
) -> Case:
    name = " ".join([what, *(f"{name}={value}" for name, value in options.items())])
    arrays = dict.fromkeys(("parameter", "gradient", *state), (ROWS,))
    return Case(op, suite, name, reason, arrays, {"lr": LR, **options})


def check_step(case: Case, dtype: str, device: str, algorithm: str) -> Result:
    """Return the result of taking one step with an algorithm, and PyTorch's."""
    before = _before(case, dtype, algorithm)
    measured: dict[str, Any] = {}
    try:
        start = perf_counter()
        ours = _ours(case, before, device, algorithm)
        measured["seconds"] = perf_counter() - start
        failures = _compare(case, before, ours, dtype, measured)
    except Exception as error:  # a failing result, not the end of the run
        failures = [f"{type(error).__name__}: {error}"]
    return Result(
        op=case.op,
        direction="step",
        algorithm=algorithm,
        dtype=dtype,
        device=device,
        suite=case.suite,
        case=case.name,
        ok=not failures,
        message="; ".join(failures),
        special=True,
        repro=case.command(dtype, device),
        **measured,
    )


def _counts(case: Case) -> dict[str, float]:
    """Return the numbers of the optimizer's state before the step; none before the first."""
    return (
        {} if case.name.startswith(FIRST) else {name: COUNTS[name] for name in counts_of(case.op)}
    )


def _all_options(case: Case) -> dict[str, Any]:
    """Return all arguments of the optimizer, and the numbers of its state at this step."""
    parameters = inspect.signature(getattr(nn.optim, case.op)).parameters.values()
    counts = {"step": 0, "mu_product": 1.0} | _counts(case)
    defaults = {each.name: each.default for each in parameters}
    return defaults | case.options | counts | {"step": counts["step"] + 1}


def _arrays(names: tuple[str, ...], dtype: str) -> dict[str, np.ndarray]:
    type = np.finfo(dtype)
    values = [value(type) for value in VALUES.values()] + [-float(type.max), *ORDINARY]
    rows = np.array(list(product(values, repeat=COMBINED)), dtype)
    generator = np.random.default_rng(0)
    arrays = {}
    for number, name in enumerate(names):
        column = rows[:, number] if number < COMBINED else generator.permutation(rows[:, 0])
        if name in SQUARES:  # finite ones are not negative
            column = np.where(np.isfinite(column), np.abs(column), column)
        arrays[name] = np.ascontiguousarray(column)
    return arrays


def _before(case: Case, dtype: str, algorithm: str) -> dict[str, np.ndarray]:
    """Return the arrays that a step reads, repeated to fill the list of `foreach`."""
    arrays = _arrays(tuple(case.inputs), dtype)
    if algorithm == "direct":
        return arrays
    count = sum(size for size, _, _ in PIECES)
    return {name: np.resize(each, count) for name, each in arrays.items()}


def _pieces(array: np.ndarray, device: str) -> list[nn.Tensor]:
    """Return the elements of an array as a list of tensors, by PIECES."""
    pieces, start = [], 0
    for size, before, step in PIECES:
        memory = to_device(np.zeros(before + size * step, array.dtype), device)
        piece = memory[before::step]
        piece[...] = to_device(array[start : start + size], device)
        pieces.append(nn.tensor(piece))
        start += size
    return pieces


def _ours(case: Case, before: Arrays, device: str, algorithm: str) -> dict[str, np.ndarray]:
    """Return the parameter and the state after one step of nn.optim."""
    is_list = algorithm == "foreach"
    tensors = {
        name: _pieces(each, device) if is_list else [nn.tensor(to_device(each.copy(), device))]
        for name, each in before.items()
    }
    parameters = [nn.Parameter(each) for each in tensors.pop("parameter")]
    gradients = tensors.pop("gradient")
    optimizer = getattr(nn.optim, case.op)(parameters, **case.options, foreach=is_list)
    for i, parameter in enumerate(parameters):
        parameter.grad = gradients[i]
        own = {name: many[i] for name, many in tensors.items()}
        optimizer.state[parameter].update(own | _counts(case))
    optimizer.step()
    synchronize(device)
    after = {"parameter": parameters}
    for name in state_of(case.op, case.options):
        after[name] = [optimizer.state[each][name] for each in parameters]
    return {
        name: np.concatenate([to_host(each.array) for each in many]) for name, many in after.items()
    }


def _compare(
    case: Case, before: Arrays, ours: Arrays, dtype: str, measured: dict[str, Any]
) -> list[str]:
    """Return what differs from PyTorch's step. Adds numbers of the result to `measured`."""
    state = state_of(case.op, case.options)
    theirs = reference_training.optimizer_step(case.op, before, case.options, _counts(case), state)
    options = _all_options(case)
    with np.errstate(all="ignore"):  # infinity and NaN are what it is about
        limits = of_step(case.op, before, options, dtype).bounds
        sizes = of_step(case.op, stand_ins(before), options, dtype).intermediates
    allowances, failures, worst = Allowances(sizes, {}), [], (0.0, 0.0, 0.0)
    for name, values in ours.items():
        compared = allowances.compared(name, values, theirs[name], limits[name])
        *numbers, failure = bounds.compare(*compared)
        worst = max(worst, tuple(numbers), key=lambda each: each[2])
        failures += [f"{name}: {failure}"] if failure else []
    error, bound, share = worst
    measured |= {"error": error, "bound": bound, "share": share}
    measured |= {"overflowed": allowances.overflowed}
    return failures
