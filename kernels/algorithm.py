"""An algorithm is one way to compute one direction of an operator; a family keeps them in a table.

`ALGORITHMS[direction][name]` of a family module is an `Algorithm`. With no name given, those count
that take the problem and prefer it. Of these the CPU device runs the first of the table, a GPU the
one with the least predicted time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels import arguments
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Facts, Place
from crosscheck.kernels.dtypes import BFLOAT16_GPUS, FLOATING, bfloat16, is_floating
from crosscheck.kernels.waves import Predicted


class Unsupported(ValueError):
    """A forced algorithm does not take this problem; the message says why."""


def _takes_everything(problem: Any) -> str:
    return ""


def _prefers_everything(problem: Any, device: str) -> bool:
    return True


def _takes_no_time(problem: Any, arrays: Mapping[str, Facts], place: Place) -> Predicted:
    return Predicted(0)


@dataclass(frozen=True)
class Algorithm:
    """A named way to compute one direction of an operator.

    name         by which it is asked for
    run          (problem, *arrays, *outputs): launches the kernels on checked arrays
    unsupported  problem -> why it cannot run this problem, "" when it can
    prefers      (problem, device) -> whether it is a good choice on "cpu" or "cuda"
    predict      (problem, arrays by name, place) -> the time on a GPU. Where a table predicts
                 nothing, it is in order of preference
    capability   the compute capability that a GPU needs for it, at least
    only_on      the one compute capability that has it; the CPU device has it not
    float32_precision  "tf32" where it multiplies float32 in TF32: calls without a name run it only
                 if that is allowed (precision.py)
    dtypes       the floating dtypes of arrays it takes: cp.async, for one, converts nothing
    as_called    `run` gets the call as its caller made it instead: (problem, arguments by name,
                 outputs by name). No array is viewed in another shape, one left out is None, and
                 it may raise `Unsupported` before it launches
    """

    name: str
    run: Callable[..., None]
    unsupported: Callable[[Any], str] = _takes_everything
    prefers: Callable[[Any, str], bool] = _prefers_everything
    predict: Callable[[Any, Mapping[str, Facts], Place], Predicted] = _takes_no_time
    capability: tuple[int, int] = (0, 0)
    only_on: tuple[int, int] | None = None
    float32_precision: str = "ieee"
    dtypes: Sequence[type] = FLOATING
    as_called: bool = False

    def refusal(self, problem: Any, arrays: Mapping[str, Facts], place: Place) -> str:
        """Return why it cannot run this problem on these arrays there, "" when it can."""
        for name, each in arrays.items():
            if is_floating(each.dtype) and each.dtype.type not in self.dtypes:
                expected = arguments.either(self.dtypes)
                return f"{name}.dtype is {each.dtype.name!r}; expected {expected}"
            if each.dtype == bfloat16 and place.capability < BFLOAT16_GPUS:
                return f"{name}.dtype is 'bfloat16', and {_unlike(place.capability, BFLOAT16_GPUS)}"
        if self.only_on and is_on_cpu(arrays):
            return f"it runs on a GPU of compute capability {_dotted(self.only_on)}, not on the CPU"
        if self.only_on and place.capability != self.only_on:
            return _unlike(place.capability, self.only_on, least="")
        if place.capability < self.capability:
            return _unlike(place.capability, self.capability)
        return self.unsupported(problem)


def is_on_cpu(arrays: Mapping[str, Facts]) -> bool:
    """Return whether a call's arrays are the CPU device's."""
    return next(iter(arrays.values())).device == "cpu"


def _unlike(found: tuple[int, int], expected: tuple[int, int], least: str = "at least ") -> str:
    is_of, needed = _dotted(found), _dotted(expected)
    return f"the GPU's compute capability is {is_of}; expected {least}{needed}"


def _dotted(capability: tuple[int, int]) -> str:
    return ".".join(map(str, capability))


def table(*algorithms: Algorithm) -> dict[str, Algorithm]:
    """Return the algorithms of a direction by name, in their order of preference."""
    return {algorithm.name: algorithm for algorithm in algorithms}


def choose(
    op: str,
    direction: str,
    table: Mapping[str, Algorithm],
    problem: Any,
    arrays: Mapping[str, Facts],
    place: Place,
    name: str | None,
) -> Algorithm:
    """Return the algorithm called `name`, or for None the best of those that take the problem.

    Those that prefer it count, or if none does, the first of the table that takes it. On a GPU the
    least predicted time is the best; ties, and the CPU device, go by the order of the table.

    Raises ValueError for a name that is not in the table and `Unsupported` where nothing can run
    this problem; nothing has been launched by then.
    """
    if name is None:
        refusals = {each: each.refusal(problem, arrays, place) for each in table.values()}
        able = [each for each, why in refusals.items() if not why]
        if not able:
            why = "; ".join(f"{each.name}: {why}" for each, why in refusals.items())
            raise Unsupported(f"{op}: no algorithm for {direction} takes this problem ({why})")
        if place.device == "cuda":
            return table[next(iter(predictions(able, problem, arrays, place)))]
        return _preferred(able, problem, "cpu")[0]
    if not isinstance(name, str) or name not in table:
        reject(op, "algorithm", name, f"None or one of {sorted(table)} for {direction}")
    reason = table[name].refusal(problem, arrays, place)
    if reason:
        raise Unsupported(f"{op}: algorithm {name!r} does not take this {direction}: {reason}")
    return table[name]


def predictions(
    able: Iterable[Algorithm], problem: Any, arrays: Mapping[str, Facts], place: Place
) -> dict[str, Predicted]:
    """Return what algorithms that take a problem are predicted to take on a GPU, the best first.

    Those that do not prefer it are left out.
    """
    good = _preferred(list(able), problem, "cuda")
    found = {each.name: each.predict(problem, arrays, place) for each in good}
    return dict(sorted(found.items(), key=lambda item: item[1].cycles))


def _preferred(able: list[Algorithm], problem: Any, device: str) -> list[Algorithm]:
    return [each for each in able if each.prefers(problem, device)] or able[:1]
