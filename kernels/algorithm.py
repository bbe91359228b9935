"""An algorithm is one way to compute one direction of an operator; a family keeps them in a table.

`ALGORITHMS[direction][name]` of a family module is an `Algorithm`. The order of a table is its
order of preference: with no name given, the first algorithm runs that takes the problem and prefers
it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels.arguments import reject


class Unsupported(ValueError):
    """A forced algorithm does not take this problem; the message says why."""


def _takes_everything(problem: Any) -> str:
    return ""


def _prefers_everything(problem: Any, device: str) -> bool:
    return True


@dataclass(frozen=True)
class Algorithm:
    """A named way to compute one direction of an operator.

    name         by which it is asked for
    run          (problem, *arrays, *outputs): launches the kernels on checked arrays
    unsupported  problem -> why it cannot run this problem, "" when it can
    prefers      (problem, device) -> whether it is a good choice on "cpu" or "cuda"; where it is
                 not, the next one of the table is asked
    """

    name: str
    run: Callable[..., None]
    unsupported: Callable[[Any], str] = _takes_everything
    prefers: Callable[[Any, str], bool] = _prefers_everything


def table(*algorithms: Algorithm) -> dict[str, Algorithm]:
    """Return the algorithms of a direction by name, in their order of preference."""
    return {algorithm.name: algorithm for algorithm in algorithms}


def choose(
    op: str,
    direction: str,
    table: Mapping[str, Algorithm],
    problem: Any,
    device: str,
    name: str | None,
) -> Algorithm:
    """Return the algorithm called `name`, or for None the first that takes and prefers `problem`.

    Where none prefers it, the first that takes it. Raises ValueError for a name that is not in the
    table and `Unsupported` where nothing can run this problem; nothing has been launched by then.
    """
    if name is None:
        able = [each for each in table.values() if not each.unsupported(problem)]
        if not able:
            why = "; ".join(f"{each.name}: {each.unsupported(problem)}" for each in table.values())
            raise Unsupported(f"{op}: no algorithm for {direction} takes this problem ({why})")
        return next((each for each in able if each.prefers(problem, device)), able[0])
    if not isinstance(name, str) or name not in table:
        reject(op, "algorithm", name, f"None or one of {sorted(table)} for {direction}")
    reason = table[name].unsupported(problem)
    if reason:
        raise Unsupported(f"{op}: algorithm {name!r} does not take this {direction}: {reason}")
    return table[name]
