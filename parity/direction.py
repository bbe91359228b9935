"""The directions of an operator, found in its kernels and called by the names of their arguments.

A family of kernels has a function for each direction, `forward`, `input_gradient` ..., and a table
of its algorithms under the same name. Directions are named as the reference's results, so
`exact[direction]` is what a call must give.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import Any

from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import bind

Tensors = Mapping[str, Array]


@dataclass(frozen=True)
class Direction:
    """One direction of an operator.

    `function` computes it, with keywords `algorithm`, one of `algorithms`, and `out`. `outputs`
    maps the keyword of each output to its name among the reference's results.
    """

    name: str
    function: Callable[..., Any]
    algorithms: Mapping[str, Algorithm]
    outputs: Mapping[str, str]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names of the function's parameters."""
        return frozenset(signature(self.function).parameters)

    @property
    def needs(self) -> str:
        """The floating input without which the direction does not exist; "": none."""
        return self.name.removesuffix("_gradient") if self.name != "forward" else ""

    def run(
        self, tensors: Tensors, options: Mapping[str, Any], algorithm: str | None, outs: Tensors
    ) -> Any:
        """Call the function with those of the tensors and options that it has parameters for."""
        bound = bind(self.function, tensors, options)  # what is updated in place is in outs, too
        return self.function(**{**bound, **outs}, algorithm=algorithm)


def directions(kernels: Any, further_outputs: tuple[str, ...]) -> tuple[Direction, ...]:
    """Return the directions of a family; its forward pass may write `further_outputs`, too."""
    return tuple(
        Direction(name, getattr(kernels, name), algorithms, _outputs(name, further_outputs))
        for name, algorithms in kernels.ALGORITHMS.items()
    )


def _outputs(direction: str, further: tuple[str, ...]) -> dict[str, str]:
    names = dict.fromkeys(further) if direction == "forward" else {}
    return {"out": direction, **{name: name for name in names}}
