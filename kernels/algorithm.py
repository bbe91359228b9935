"""An algorithm is one way to compute one direction of an operator; a family keeps them in a table.

`ALGORITHMS[direction][name]` of a family module is an `Algorithm`. The order of a table is its
order of preference: with no name given, the first algorithm that takes the problem runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels.arguments import reject


class Unsupported(ValueError):
    """A forced algorithm does not take this problem; the message says why."""


def _takes_everything(problem: Any) -> str:
    return ""


@dataclass(frozen=True)
class Algorithm:
    """A named way to compute one direction of an operator.

    `run` launches the kernels on checked arrays. `unsupported` returns the reason why a problem
    is out of its reach, or "" when it can run it.
    """

    name: str
    run: Callable[..., None]
    unsupported: Callable[[Any], str] = _takes_everything


def choose(
    op: str, direction: str, table: Mapping[str, Algorithm], problem: Any, name: str | None
) -> Algorithm:
    """Return the algorithm called `name`, or for None the first in `table` that takes `problem`.

    Raises ValueError for a name that is not in the table and `Unsupported` for an algorithm that
    cannot run this problem; nothing has been launched by then.
    """
    if name is None:
        reasons = {algorithm.name: algorithm.unsupported(problem) for algorithm in table.values()}
        for algorithm in table.values():
            if not reasons[algorithm.name]:
                return algorithm
        why = "; ".join(f"{each}: {reason}" for each, reason in reasons.items())
        raise Unsupported(f"{op}: no algorithm for {direction} takes this problem ({why})")
    if not isinstance(name, str) or name not in table:
        reject(op, "algorithm", name, f"None or one of {sorted(table)} for {direction}")
    reason = table[name].unsupported(problem)
    if reason:
        raise Unsupported(f"{op}: algorithm {name!r} does not take this {direction}: {reason}")
    return table[name]
