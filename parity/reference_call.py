"""A call of an operator without its floating-point numbers, which PyTorch can be given any of.

The bound of a case asks PyTorch for the same call on other numbers: on absolute values, or on ones
to count terms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from crosscheck.parity.case import Case, Shape

Arrays = Mapping[str, np.ndarray]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class ReferenceCall:
    """The operator, the shapes of its inputs and its options: equal for cases that share them.

    `shapes` are those of the inputs, in order; `integers` holds, by name, the dtype and bytes of
    the inputs that are not floating, such as class targets: they belong to the call. `options` is
    `frozen_options` as a dict. `reference(op, inputs, grad_output, options)` runs PyTorch in
    float64 and returns every result by name.
    """

    op: str
    shapes: tuple[tuple[str, Shape], ...]
    integers: tuple[tuple[str, tuple[str, bytes]], ...]
    frozen_options: tuple[tuple[str, Any], ...]
    reference: Callable[..., Arrays] = field(compare=False, repr=False)

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.frozen_options)

    def run(self, inputs: Arrays, grad_output: np.ndarray | None = None, **changed: Any) -> Arrays:
        """Return PyTorch's results in float64, without gradients where `grad_output` is None.

        `changed` are options that differ from the call's own.
        """
        return self.reference(self.op, inputs, grad_output, {**self.options, **changed})

    def fill(self, value: Callable[[str, Shape], np.ndarray]) -> dict[str, np.ndarray]:
        """Return inputs for this call: its own integers, and `value(name, shape)` for the rest."""
        integers = dict(self.integers)
        return {
            name: np.frombuffer(integers[name][1], integers[name][0]).reshape(shape)
            if name in integers
            else value(name, shape)
            for name, shape in self.shapes
        }

    def ones(self) -> dict[str, np.ndarray]:
        """Return inputs with a 1 in every floating element."""
        return self.fill(lambda name, shape: np.ones(shape))

    def terms(self, **changed: Any) -> Arrays:
        """Return how many terms each element of each result adds up: the results on ones.

        `changed` are options under which the operator only adds: an average's divisor of 1.
        """
        return _terms(self, tuple(changed.items()))


def reference_call(
    case: Case, inputs: Arrays, options: Options, reference: Callable[..., Arrays]
) -> ReferenceCall:
    """Return the case's call, given its inputs and the options that PyTorch is called with."""
    return ReferenceCall(
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
        reference,
    )


@lru_cache(maxsize=64)
def _terms(call: ReferenceCall, changed: tuple[tuple[str, Any], ...]) -> Arrays:
    ones, options = call.ones(), dict(changed)
    shape = call.run(ones, **options)["forward"].shape
    return call.run(ones, np.ones(shape), **options)
