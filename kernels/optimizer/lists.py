"""A step on a whole list of parameters: its arrays are checked, grouped, and launched together.

What follows from shapes, strides and dtypes is found once for each list of them, and kept.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, Facts, Place, facts, place
from crosscheck.kernels.launch import Kernel
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.optimizer import foreach
from crosscheck.kernels.optimizer.operands import MASTER, require_master

KEPT = 64  # groupings

Lists = Mapping[str, Sequence[Array] | None]


class Kind(NamedTuple):
    """Where an array is, and all there is to know of it but its values."""

    place: Place
    facts: Facts


class Groups(NamedTuple):
    """Numbers of parameters: those of each launch, and those that a launch does not take."""

    together: Sequence[Sequence[int]]
    apart: Sequence[int]


def step(
    operator: Operator,
    kernel: Kernel,
    lists: Lists,
    options: Mapping[str, Any],
    algorithm: str | None,
) -> None:
    """Take a step with lists for the operator's arrays, by name; None: there are none of these.
    The parameters come first, then their gradients, the state, and last the masters.

    Raises TypeError or ValueError, before anything is launched, for what the step on one parameter
    raises for, and for lists that differ in length.
    """
    op, table = operator.name, operator.algorithms["step"]
    if algorithm is not None and algorithm not in table:
        reject(op, "algorithm", algorithm, f"None or one of {sorted(table)} for step")
    parameters = _each(op, lists)
    if not parameters:
        return
    given = [name for name, arrays in lists.items() if arrays is not None]
    kinds = tuple(
        [
            tuple([_kind(op, name, i, each) for name, each in one.items() if name in given])
            for i, one in enumerate(parameters)
        ]
    )
    for i, one in enumerate(parameters):
        require_master(op, one["parameter"], one[MASTER], f"{MASTER}[{i}]")
    groups = grouped(op, tuple(given), kinds)
    plan = operator.plan("step", {**parameters[0], **options})
    for name in plan.updated:
        for i, array in enumerate(lists[name] or ()):
            arguments.writable(op, f"{name}[{i}]", array)

    device = kinds[0][0].facts.device
    chosen = algorithm or next(n for n, each in table.items() if each.prefers(plan.problem, device))
    if chosen != "foreach":
        groups = Groups((), range(len(parameters)))
    for group in groups.together:
        foreach.launch(kernel, [list(parameters[i].values()) for i in group], plan.problem)
    for i in groups.apart:
        operator.directions["step"].function(**parameters[i], **options, algorithm="direct")


def _each(op: str, lists: Lists) -> list[dict[str, Array | None]]:
    """Return the arrays of each parameter by name. Raises ValueError unless the lengths agree."""
    count = len(lists["parameter"])
    for name, arrays in lists.items():
        if arrays is not None and len(arrays) != count:
            reject(op, f"the number of {name}s", len(arrays), f"{count}, that of the parameters")
    columns = [count * [None] if arrays is None else arrays for arrays in lists.values()]
    return [dict(zip(lists, one, strict=True)) for one in zip(*columns, strict=True)]


def _kind(op: str, name: str, i: int, array: Any) -> Kind:
    found = facts(array) or arguments.no_array(op, f"{name}[{i}]", type(array))
    return Kind(place(array), found)


@lru_cache(KEPT)
def grouped(op: str, names: Sequence[str], parameters: Sequence[Sequence[Kind]]) -> Groups:
    """Return the groups of parameters, each with the kinds of its arrays, in the order of `names`:
    parameter and gradient first.

    Raises TypeError or ValueError unless those of each fit together.
    """
    together: dict[tuple, list[int]] = {}
    apart = []
    for i, one in enumerate(parameters):
        known = {f"{name}[{i}]": each.facts for name, each in zip(names, one, strict=True)}
        first = arguments.alike(op, known, computing=list(known)[2:])
        for name, each in known.items():
            arguments.shape(op, name, each, first.shape)
        if foreach.is_row(list(known.values())):
            together.setdefault((one[0].place, first.dtype), []).append(i)
        else:
            apart.append(i)
    return Groups(list(together.values()), apart)
