"""Run suites: one result for every case, dtype, direction and algorithm that the filters leave."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module

import numpy as np

from crosscheck.kernels.dtypes import is_floating
from crosscheck.parity import expected
from crosscheck.parity.case import Case, Shape
from crosscheck.parity.check import DEFAULT, check
from crosscheck.parity.direction import Direction
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.optimizers import steps
from crosscheck.parity.own import registry
from crosscheck.parity.placed_case import PlacedCase
from crosscheck.parity.rejects import check_rejects
from crosscheck.parity.result import Result
from crosscheck.parity.tape import check_tape
from crosscheck.parity.training.check import check_training
from crosscheck.parity.training.models import MODELS

SUITES = ("problems", "opinfo", "images", "fuzz", "quick", "training")
SAMPLED = ("opinfo", "fuzz")
Algorithms = str | tuple[str, ...] | None  # these alone; None: all
_GOLDEN = (math.sqrt(5) - 1) / 2


def run(
    suites: Sequence[str],
    op: str | None = None,
    dtype: str | None = None,
    device: str = "cpu",
    algorithm: Algorithms = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    sample: int = 1,
    flags: str = "",
    announce: Callable[[Case], None] | None = None,
) -> Iterator[Result]:
    """Yield one Result per case, dtype, direction and algorithm that the filters leave.

    Some results are of no kernel in particular, so there are none where `algorithm` is given; they
    have a direction of their own: "tape" (nn.functional, after the directions of each case),
    "rejects" (bad input), "out_of_scope" (a sample of PyTorch's that asks for what ours does not
    offer) and the name of an optimizer (a training run).

    `algorithm` is a name, or a tuple of names. `case` is the exact name of a case. `seed` and
    `count` are for the fuzz suite. In the suites in SAMPLED, every operator keeps one in `sample`
    of its cases, always the same ones. `flags` are put in the line that repeats a case.
    `announce(case)` is called before the first launch of each case, so that a crash of the process
    can be traced. Raises ValueError for a suite that does not exist, or a case that PyTorch
    refuses.
    """
    for each in cases(suites, op, case, seed, count, sample, flags):
        if announce:
            announce(each)
        for _, kind in in_dtypes([each], dtype):
            yield from run_case(each, kind, device, algorithm)


def total(
    suites: Sequence[str],
    op: str | None = None,
    dtype: str | None = None,
    algorithm: Algorithms = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    sample: int = 1,
    flags: str = "",
) -> int:
    """Return how many results `run` will yield for the same arguments, without launching any."""
    found = in_dtypes(cases(suites, op, case, seed, count, sample, flags), dtype)
    return sum(_results_per_dtype(each, algorithm) for each, _ in found)


def cases(
    suites: Sequence[str],
    op: str | None = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    sample: int = 1,
    flags: str = "",
) -> Iterator[Case]:
    """Yield the suites' cases that the filters leave; `flags` are put in their `repro_flags`.

    Raises ValueError for an unknown suite.
    """
    for suite in suites:
        numbers: Counter[str] = Counter()  # of the cases so far, for each operator
        if suite not in SUITES:
            raise ValueError(f"suite is {suite!r}; expected one of {SUITES}")
        module = import_module(f"crosscheck.parity.suites.{suite}")
        for each in module.cases(op=op, case=case, seed=seed, count=count):
            number = numbers[each.op]
            numbers[each.op] += 1
            if suite in SAMPLED and not in_sample(number, sample):
                continue
            if op in (None, each.op) and case in (None, each.name):
                yield replace(each, repro_flags=f"{flags} {each.repro_flags}") if flags else each


def in_sample(number: int, size: int) -> bool:
    """Return whether an operator's case of this number is in a sample of one in `size` cases.

    The fractional parts of multiples of the golden ratio spread evenly over [0, 1), so the sample
    has both cases of each alternating pair (contiguous and not) equally often, and both dtypes.
    """
    return number * _GOLDEN % 1 < 1 / size


def in_dtypes(cases: Iterable[Case], dtype: str | None) -> Iterator[tuple[Case, str]]:
    """Yield each case with each of its usual dtypes, or with `dtype` alone where it has that."""
    for case in cases:
        for each in case.usual_dtypes if dtype is None else case.dtypes:
            if dtype in (None, each):
                yield case, each


def _results_per_dtype(case: Case, algorithm: Algorithms) -> int:
    if case.out_of_scope or case.rejects or case.op in MODELS:
        return int(algorithm is None)
    if case.op in steps.OPTIONS:
        return len(_of_steps(algorithm))
    pairs = len(list(_pairs(case, algorithm)))
    return pairs + (algorithm is None)


def _of_steps(algorithm: Algorithms) -> list[str]:
    return [name for name in steps.ALGORITHMS if _is_left(name, algorithm)]


def _pairs(case: Case, algorithm: Algorithms) -> Iterator[tuple[Direction, str]]:
    for direction in OPERATORS[case.op].directions:
        if not direction.needs or _is_floating(case.inputs.get(direction.needs)):
            for name in (*direction.algorithms, *registry.functions(case.op)):
                if _is_left(name, algorithm):
                    yield direction, name


def _is_left(name: str, algorithm: Algorithms) -> bool:
    return algorithm in (None, name) or (isinstance(algorithm, tuple) and name in algorithm)


def _is_floating(given: Shape | np.ndarray | None) -> bool:
    """Return whether an input is given and floating: shapes are filled with floating numbers."""
    return given is not None and (not isinstance(given, np.ndarray) or is_floating(given.dtype))


def run_case(case: Case, dtype: str, device: str, algorithm: Algorithms) -> Iterator[Result]:
    """Yield the results of one case in one dtype. Raises ValueError if PyTorch refuses it."""
    if case.out_of_scope:
        if algorithm is None:
            yield _out_of_scope(case, dtype, device)
        return
    if case.rejects:
        if algorithm is None:
            yield check_rejects(case, dtype, device)
        return
    if case.op in MODELS:
        if algorithm is None:
            yield check_training(case, dtype, device)
        return
    if case.op in steps.OPTIONS:
        for name in _of_steps(algorithm):
            yield steps.check_step(case, dtype, device, name)
        return
    pairs = list(_pairs(case, algorithm))
    if algorithm is not None and not pairs:  # PyTorch's results would be for nobody
        return
    placed = PlacedCase(case, expected.of(case, dtype), dtype, device)
    outputs: dict[str, list] = {}
    for direction, name in pairs:
        result, given = check(placed, direction, name)
        outputs.setdefault(direction.name, []).append(given)
        yield result
    if algorithm is None:
        yield check_tape(placed, outputs)


def _out_of_scope(case: Case, dtype: str, device: str) -> Result:
    return Result(
        op=case.op,
        direction="out_of_scope",
        algorithm=DEFAULT,
        dtype=dtype,
        device=device,
        suite=case.suite,
        case=case.name,
        ok=True,
        unsupported=case.out_of_scope,
        repro=case.command(dtype, device),
    )
