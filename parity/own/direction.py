"""`algorithm`: a user's function that computes one direction of an operator.

It gets by name what it has parameters for: the direction's arguments, its outputs, and `problem`,
which holds the sizes and the checked options (the `Problem` of the operator's family). Arguments
are those of PyTorch's function, but for strides, paddings, dilations and window sizes: they come as
pairs.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crosscheck.kernels.algorithm import Algorithm, Unsupported
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.arrays import device as device_of
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.dtypes import REALS
from crosscheck.kernels.operator import Direction
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.own import registry
from crosscheck.parity.own.calling import DEVICES, in_pairs, keep, parameters, require

NATIVE, TORCH = "native", "torch"
PROBLEM = "problem"


def algorithm(
    op: str,
    direction: str = "forward",
    *,
    name: str,
    arrays: str = NATIVE,
    device: str | None = None,
    rounds_like: str = "",
) -> Callable[[Callable], Callable]:
    """Return the decorator that registers a function as an algorithm of an operator's direction.

    op, direction   such as "conv2d", "input_gradient"
    name            by which it is asked for; none of ours may have it
    arrays          "native": it gets NumPy arrays on the CPU device and CuPy's on CUDA; "torch": it
                    gets tensors that share their memory
    device          "cpu" or "cuda", if it runs there alone
    rounds_like     the algorithm of ours whose error bounds hold for it, if not the operator's own:
                    "winograd"

    The function writes all outputs, `out` first, or names none of them and returns them. Where it
    has no parameter for an option, a call with another value than the default is refused. It raises
    `Unsupported` for what else it does not take, before it launches.

    Raises ValueError for a name that is taken, and for what does not exist.
    """

    def enter(function: Callable) -> Callable:
        require("op", op, tuple(OPERATORS))
        directions = {each.name: each for each in OPERATORS[op].directions}
        require(f"direction of {op}", direction, tuple(directions))
        require("arrays", arrays, (NATIVE, TORCH))
        require("device", device, DEVICES)
        require("rounds_like", rounds_like, ("", *OPERATORS[op].rounding))
        this = directions[direction].function.operator.directions[direction]
        own = OneDirection(op, this, name, function, arrays, device, rounds_like)
        registry.add_direction(own)
        return function

    return enter


@dataclass(frozen=True)
class OneDirection:
    """A registered function: see `algorithm`. Raises ValueError for a parameter it cannot get."""

    op: str
    direction: Direction
    name: str
    function: Callable[..., Any]
    arrays: str
    device: str | None
    rounds_like: str

    def __post_init__(self) -> None:
        what, outs = self.function.__name__, self.direction.outs
        known = (*self.direction.parameters, *outs, PROBLEM)
        for each in self.reads:
            if each not in known:
                where = f"{self.op} {self.direction.name} has {', '.join(known)}"
                raise ValueError(f"register: parameter {each!r} of {what}; {where}")
        if 0 < len(self.writes) < len(outs):
            expected = f"all of {', '.join(outs)}, or none, and to return them"
            reject("register", f"the outputs of {what}", ", ".join(self.writes), expected)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names of the function's parameters; of one that takes any: all there are."""
        names = parameters(self.function)
        return (*self.direction.parameters, *self.direction.outs) if names is None else names

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """Those of them that are outputs."""
        return tuple(each for each in self.direction.outs if each in self.reads)

    def as_algorithm(self) -> Algorithm:
        """Return it as the kernels' table has it: it runs where it is named, or was tuned.

        It gets no arrays of 16 bits: numba alone would compute in their dtype.
        """
        return Algorithm(
            self.name, self._run, prefers=lambda *_: False, dtypes=REALS, as_called=True
        )

    def _run(self, problem: Any, given: Mapping[str, Any], outputs: Mapping[str, Array]) -> None:
        device = device_of(next(iter(outputs.values())))
        if self.device not in (None, device):
            raise Unsupported(f"{self.name} runs on {self.device} alone")
        values = in_pairs(self.op, given)
        self._refuse_other_options(values)
        if self.arrays == TORCH:
            if modes.current().sanitize:
                raise Unsupported("the sanitizer watches kernels of the CPU device, not PyTorch's")
            from crosscheck.parity.own import tensors  # imports torch

            lent, context = tensors.lent, tensors.as_kernels(device)
        else:
            lent, context = (lambda name, value: value), nullcontext()
        everything = {name: lent(name, each) for name, each in {**values, **outputs}.items()}
        everything[PROBLEM] = problem
        with context:
            returned = self.function(**{name: everything[name] for name in self.reads})
            if not self.writes:
                keep(self.name, returned, {name: everything[name] for name in outputs})

    def _refuse_other_options(self, values: Mapping[str, Any]) -> None:
        """Raise `Unsupported` for what is not at its default and the function does not get."""
        if PROBLEM in self.reads:
            return
        for name in values.keys() - set(self.reads) & self.direction.defaults.keys():
            usual = in_pairs(self.op, {**values, name: self.direction.defaults[name]})[name]
            if device_of(values[name]) or values[name] != usual:
                raise Unsupported(f"{self.name} has no parameter {name}")
