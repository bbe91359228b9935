"""What is registered: the algorithms of one direction, and the differentiable functions.

An `OneDirection` is also in the table of its operator, where `algorithm=` of the kernels finds it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import reject
from crosscheck.parity.direction import Direction
from crosscheck.parity.operators import OPERATORS


class Place(NamedTuple):
    """Where an algorithm stands."""

    op: str
    direction: str
    name: str


_directions: dict[Place, Any] = {}  # OneDirection
_functions: dict[tuple[str, str], Any] = {}  # (operator, name): Differentiable


def registered() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the names of all algorithms that are registered, by operator and direction.

    Those of `algorithm` run through the kernels, too: `convolution.forward(..., algorithm=name)`.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for op, direction, name in places():
        found[op, direction] = (*found.get((op, direction), ()), name)
    return found


def places() -> Iterator[Place]:
    """Yield the place of everything that is registered; a function has one in each direction."""
    yield from _directions
    for op, name in _functions:
        for direction in _of(op):
            yield Place(op, direction.name, name)


def functions(op: str) -> tuple[str, ...]:
    """Return the names of the operator's differentiable functions."""
    return tuple(name for of, name in _functions if of == op)


def function(op: str, name: str) -> Any:
    """Return the differentiable function of this name, None where there is none."""
    return _functions.get((op, name))


def rounding(op: str, direction: str, name: str) -> str:
    """Return the algorithm whose bounds hold: itself, unless it says that it rounds as another."""
    found = _directions.get(Place(op, direction, name)) or _functions.get((op, name))
    return found.rounds_like if found and found.rounds_like else name


def add_direction(own: Any) -> None:
    """Enter an `OneDirection`. Raises ValueError for a name that is taken."""
    place = Place(own.op, own.direction.name, own.name)
    _require_free(own.name, {place})
    _directions[place] = own
    _table(place)[own.name] = own.as_algorithm()


def add_function(own: Any) -> None:
    """Enter a `Differentiable`. Raises ValueError for a name that is taken."""
    _require_free(own.name, {Place(own.op, each.name, own.name) for each in _of(own.op)})
    _functions[own.op, own.name] = own


def forget() -> None:
    """Take everything out again."""
    for place in _directions:
        del _table(place)[place.name]
    _directions.clear()
    _functions.clear()


def _of(op: str) -> tuple[Direction, ...]:
    return OPERATORS[op].directions


def _table(place: Place) -> Any:
    found = next(each for each in _of(place.op) if each.name == place.direction)
    found.function.operator.forget()  # calls of this name that are known
    return found.algorithms


def _require_free(name: str, wanted: set[Place]) -> None:
    """A name tells the user's rows from ours, so none of ours may have it, of any operator."""
    own = set(places())
    tables = (each.algorithms for op in OPERATORS for each in _of(op))
    ours = {each for table in tables for each in table} - {each.name for each in own}
    taken = sorted(f"{each.op} {each.direction}" for each in own & wanted)
    if name in ours or taken:
        holder = taken[0] if taken else "an algorithm of ours"
        reject("register", "name", name, f"another: {holder} has it")
