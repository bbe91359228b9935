"""Results summarized by operator, direction, algorithm and dtype, and by suite."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crosscheck.parity.result import Result

DIRECTIONS = ("forward", "input_gradient", "weight_gradient", "bias_gradient")  # then further ones
NO_KERNEL = ("tape", "rejects", "out_of_scope")  # directions of results without a measured error


@dataclass(frozen=True)
class Row:
    """Several results together: how many, and the worst of them.

    `cases` counts all, `unsupported` and `failed` some of them. `share` is the largest share of the
    bound. `relative` is our largest error divided by the largest of PyTorch's own kernels on the
    same data, special values left out; None where PyTorch's is 0, as in float64, where it is the
    reference. `exact` is True where our errors are 0.
    """

    key: tuple[str, ...]
    cases: int
    unsupported: int
    failed: int
    share: float
    relative: float | None
    exact: bool
    seconds: float

    @property
    def passed(self) -> int:
        return self.cases - self.unsupported - self.failed

    @property
    def has_errors(self) -> bool:
        """Whether its cases have a measured error: refusing bad input has none."""
        return len(self.key) < 2 or self.key[1] not in NO_KERNEL


def by_kernel(results: Sequence[Result]) -> list[Row]:
    """Return a row per (operator, direction, algorithm, dtype), operators in their first order."""
    ops = list(dict.fromkeys(r.op for r in results))
    order_of = {direction: i for i, direction in enumerate(directions(results))}

    def order(row: Row) -> tuple[Any, ...]:
        op, direction, algorithm, dtype = row.key
        return ops.index(op), order_of[direction], algorithm, dtype

    return sorted(_group(results, lambda r: (r.op, r.direction, r.algorithm, r.dtype)), key=order)


def directions(results: Iterable[Result]) -> list[str]:
    """Return the directions of the results: DIRECTIONS, others by name, NO_KERNEL."""
    found = {r.direction for r in results}
    others = sorted(found.difference(DIRECTIONS, NO_KERNEL))
    return [each for each in (*DIRECTIONS, *others, *NO_KERNEL) if each in found]


def by_suite(results: Iterable[Result]) -> list[Row]:
    """Return a row per suite, in the order in which they ran."""
    return _group(results, lambda r: (r.suite,))


def total(results: Iterable[Result]) -> Row:
    """Return one row for everything."""
    rows = _group(results, lambda r: ())
    return rows[0] if rows else _row((), [])


def failures(results: Iterable[Result]) -> list[Result]:
    """Return the failed results."""
    return [r for r in results if not r.ok]


def notes(results: Sequence[Result]) -> list[str]:
    """Return what is not compared, and why: in training runs, with special values, in 16 bits."""
    found = [f"{r.op}: {r.message}" for r in results if r.drift and r.ok and r.message]
    overflowed, extra_nan = (
        sum(r.overflowed for r in results),
        sum(r.extra_nan for r in results),
    )
    if overflowed:
        found.append(f"overflow on the way: {overflowed:,} elements may not be PyTorch's")
    if extra_nan:
        why = "are NaN and PyTorch's are not: zero, or infinity, minus or times infinity"
        found.append(f"special values: {extra_nan:,} elements {why}")
    return list(dict.fromkeys(found))


def _group(results: Iterable[Result], key: Callable[[Result], tuple[str, ...]]) -> list[Row]:
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return [_row(k, members) for k, members in groups.items()]


def _row(key: tuple[str, ...], members: list[Result]) -> Row:
    ordinary = [r for r in members if not r.special]
    ours = _worst(r.error for r in ordinary)
    theirs = _worst(r.torch_error for r in ordinary)
    return Row(
        key,
        cases=len(members),
        unsupported=sum(bool(r.unsupported) for r in members),
        failed=sum(not r.ok for r in members),
        share=_worst(r.share for r in members),
        relative=ours / theirs if theirs else None,
        exact=bool(ordinary) and not ours,
        seconds=sum(r.seconds for r in members),
    )


def _worst(values: Iterable[float]) -> float:
    """Return the largest value; NaN counts as infinity."""
    return max((float("inf") if v != v else v for v in values), default=0.0)
