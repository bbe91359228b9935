"""`differentiable`: a user's function with the arguments of PyTorch's, on tensors.

Its result is the forward pass, and autograd gives the gradients: one function is checked in every
direction. So are a `torch.autograd.Function` around a Triton kernel, a compiled function, and
PyTorch itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.arrays import device as device_of
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.dtypes import SHORT
from crosscheck.parity.direction import Direction
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.own import registry
from crosscheck.parity.own.calling import DEVICES, parameters, require


def differentiable(
    op: str, *, name: str, device: str | None = None, rounds_like: str = ""
) -> Callable[[Callable], Callable]:
    """Return the decorator that registers a function of tensors in every direction of an operator.

    It gets, by name, the arguments that a call of PyTorch's function has, in the memory and the
    layout of the case, and returns what PyTorch's returns. Gradients come from autograd. `name`,
    `device` and `rounds_like` are those of `algorithm`. A call with an argument that it has no
    parameter for is refused.

    Raises ValueError for a name that is taken, and for what does not exist.
    """

    def enter(function: Callable) -> Callable:
        require("op", op, tuple(OPERATORS))
        require("device", device, DEVICES)
        require("rounds_like", rounds_like, ("", *OPERATORS[op].rounding))
        registry.add_function(Differentiable(op, name, function, device, rounds_like))
        return function

    return enter


@dataclass(frozen=True)
class Differentiable:
    """A registered function: see `differentiable`."""

    op: str
    name: str
    function: Callable[..., Any]
    device: str | None
    rounds_like: str

    def run(
        self,
        direction: Direction,
        given: Mapping[str, Array],
        options: Mapping[str, Any],
        outs: Mapping[str, Array],
    ) -> None:
        """Compute a direction of a case onto `outs`: see `autograd.compute`.

        `given` are the case's arrays by name, `options` what nn.functional is called with.
        """
        operator, device = OPERATORS[self.op], device_of(next(iter(outs.values())))
        if modes.current().sanitize:
            raise Unsupported("the sanitizer watches kernels of the CPU device, not PyTorch's")
        if any(each.dtype.type in SHORT for each in given.values()):
            raise Unsupported("in 16 bits each of its steps may round: no bound holds")
        function = self.for_call(given, operator.reference_options(options), device)
        from crosscheck.parity.own import autograd  # imports torch

        autograd.compute(self.name, function, operator, direction, given, options, outs)

    def for_call(
        self, given: Iterable[str], options: Iterable[str], device: str
    ) -> Callable[..., Any]:
        """Return the function for tensors and options of these names; constants not among them are
        None. Raises Unsupported where it has no parameter for one, or does not run on the device.
        """
        operator, given = OPERATORS[self.op], set(given)
        if self.device not in (None, device):
            raise Unsupported(f"{self.name} runs on {self.device} alone")
        for each in (*(name for name in operator.tensors if name in given), *options):
            if not self._takes(each):
                raise Unsupported(f"{self.name} has no parameter {each}")
        left_out = (each for each in operator.constants if each not in given and self._takes(each))
        return partial(self.function, **dict.fromkeys(left_out))

    def _takes(self, name: str) -> bool:
        names = parameters(self.function)
        return names is None or name in names
