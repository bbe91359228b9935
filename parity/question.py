"""A call of an operator without its numbers, and PyTorch to ask about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from crosscheck.parity.case import Case, Shape

Arrays = Mapping[str, np.ndarray]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """Equal for cases that ask the same: the operator, the shapes of its inputs, its options.

    `shapes` are those of the inputs, in order; `fixed` holds, by name, the dtype and bytes of those
    that are not floating: their values are part of what is asked. `asks(op, inputs, grad_output,
    options)` is PyTorch in float64, and gives every result by name.
    """

    op: str
    shapes: tuple[tuple[str, Shape], ...]
    fixed: tuple[tuple[str, tuple[str, bytes]], ...]
    frozen: tuple[tuple[str, Any], ...]
    asks: Callable[..., Arrays] = field(compare=False, repr=False)

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.frozen)

    def ask(self, inputs: Arrays, grad_output: np.ndarray | None = None, **changed: Any) -> Arrays:
        """Return what PyTorch gives in float64, with no gradients where `grad_output` is None."""
        return self.asks(self.op, inputs, grad_output, {**self.options, **changed})

    def fill(self, value: Callable[[str, Shape], np.ndarray]) -> dict[str, np.ndarray]:
        """Return the inputs: the fixed ones, and `value(name, shape)` for the others."""
        fixed = dict(self.fixed)
        return {
            name: np.frombuffer(fixed[name][1], fixed[name][0]).reshape(shape)
            if name in fixed
            else value(name, shape)
            for name, shape in self.shapes
        }

    def ones(self) -> dict[str, np.ndarray]:
        """Return the inputs with a 1 in every element."""
        return self.fill(lambda name, shape: np.ones(shape))

    def terms(self, **counting: Any) -> Arrays:
        """Return the number of terms in every result's sums: what it gives on all ones.

        `counting` are options under which the operator adds up nothing else.
        """
        return _terms(self, tuple(counting.items()))


def question(case: Case, inputs: Arrays, options: Options, asks: Callable[..., Arrays]) -> Question:
    """Return what the case asks, with its `inputs` and those of its options that count."""
    return Question(
        case.op,
        tuple((name, each.shape) for name, each in inputs.items()),
        tuple(
            (name, (each.dtype.str, each.tobytes()))
            for name, each in inputs.items()
            if each.dtype.kind != "f"
        ),
        tuple(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in options.items()
        ),
        asks,
    )


@lru_cache(maxsize=64)
def _terms(asked: Question, counting: tuple[tuple[str, Any], ...]) -> Arrays:
    ones, options = asked.ones(), dict(counting)
    shape = asked.ask(ones, **options)["forward"].shape
    return asked.ask(ones, np.ones(shape), **options)
