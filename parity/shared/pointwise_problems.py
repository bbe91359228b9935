"""The problems that losses of an input and a target share: see pointwise.py."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared.pointwise import REDUCTIONS

SPECIAL_VALUES = ("none", "mean")


def problem(
    op: str,
    name: str,
    reason: str,
    shape: Shape,
    weights: Mapping[str, Shape] | None = None,
    layout: str = "contiguous",
    values: str = "normal",
    **options: Any,
) -> Problem:
    """Return a problem; `weights` are shapes."""
    inputs = {"input": shape, "target": shape, **(weights or {})}
    return Problem(op, name, reason, inputs, options, layout, values)


def problems(
    op: str, weights: tuple[str, ...] = ("weight",), special: bool = True, **options: Any
) -> tuple[Problem, ...]:
    """Return the problems that every such loss has, with these options.

    `special`: NaN, infinity and numbers beyond 0 to 1 are inputs, too.
    """

    def make(name: str, reason: str, shape: Shape, weighted: bool = False, **how: Any) -> Problem:
        given = dict.fromkeys(weights, shape) if weighted else None
        return problem(op, name, reason, shape, given, **how, **options)

    found = [make(each, f"reduction {each}", (3, 5), reduction=each) for each in REDUCTIONS]
    if weights:
        found += [
            make(f"weighted-{each}", f"weights, reduction {each}", (3, 5), True, reduction=each)
            for each in REDUCTIONS
        ]
        found.append(make("blocks-weighted", "every block adds up weights", (2100,), True))
    found += [
        make("scalar", "no dimension at all", ()),
        make("power-of-two", "a mean's gradient without rounding", (4, 8)),
        make("terms-129", "a thread with two terms", (129,)),
        make("blocks-1025", "one element in a second block", (1025,), reduction="sum"),
        make("no-terms", "the mean of no elements is NaN", (0, 3)),
        make("no-terms-sum", "the sum of no elements is 0", (0, 3), reduction="sum"),
    ]
    if special:
        found += [
            make("nan", "NaN makes the loss NaN", (4, 5), values="nan"),
            make("infinities", "infinities of both signs", (4, 5), values="infinities"),
            make("tiny", "terms that underflow", (4, 5), values="tiny", reduction="sum"),
        ]
    found += [
        make(
            f"{layout}-{each}",
            f"every array {layout}",
            (2, 3, 4, 5),
            bool(weights),
            layout=layout,
            reduction=each,
        )
        for layout, each in (("strided", "none"), ("channels_last", "mean"), ("reversed", "none"))
    ]
    return tuple(found)


def broadcast_problems(op: str, weighted: bool = True) -> tuple[Problem, ...]:
    """Return those of an input and a target that broadcast."""

    def make(name: str, reason: str, input: Shape, target: Shape, **how: Any) -> Problem:
        given = {"weight": input} if weighted else {}
        inputs = {"input": input, "target": target, **given}
        return Problem(op, f"broadcast-{name}", reason, inputs, how)

    return (
        make("target", "one row of targets for all", (3, 5), (5,), reduction="none"),
        make("both", "each has an axis of 1", (3, 1, 4), (5, 1), reduction="mean"),
        make("sum", "the target has more dimensions", (5,), (2, 3, 5), reduction="sum"),
        make("no-terms", "one of them has elements", (1, 4), (0, 4), reduction="mean"),
    )


def rejects(op: str, weighted: bool = True) -> tuple[Problem, ...]:
    """Return the bad input that every such loss refuses."""
    pair = {"input": zeros(2, 3), "target": zeros(2, 3)}
    found = [rejected(op, "an unknown reduction", pair, reduction="max")]
    found.append(rejected(op, "shapes that do not fit", {**pair, "target": zeros(2, 4)}))
    if weighted:
        found.append(rejected(op, "weights of another shape", {**pair, "weight": zeros(2)}))
    return tuple(found)


def fault(module: ModuleType, what: str, right: str, wrong: str, op: str, case: str) -> Fault:
    return Fault(what, module.__name__, right, wrong, op, case)
