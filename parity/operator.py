"""An operator as the suite sees it: how its kernels are called, and all that is its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.parity.direction import Direction, Tensors, directions
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared.draws import Drawn


class NoIntegers(Exception):
    """No integers would make every sum of this call exact; the message says why."""


def _as_asked(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    return inputs, options


def _as_given(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    return tensors, options


def _exact(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return {}


def _saves_nothing(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {}


def _no_objection(inputs: Arrays, results: Arrays) -> None:
    return None


def _always_ours(inputs: Arrays, options: Options) -> str:
    return ""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Operator:
    """One operator.

    name            of the operator; where not given, `function`, PyTorch's function below `torch`,
                    and `op_db`, its name in OpInfo, are nn.functional.<name>, and `ours`, our
                    function below `nn`, is functional.<name>
    order           where its rows stand in the tables, and among what `fuzz` draws from; those with
                    no number of their own come last, by name
    kernels         the family: its ALGORITHMS, and a function for each direction. What a parameter
                    of these is called decides what it is given: see kernels/operator.py
    parameters      the arguments of PyTorch's function, in its order
    differentiable  its tensor arguments with a gradient (those of them that are floating), and
    constants       those without: class targets, running statistics
    limits          (question, inputs, grad_output, exact, dtype) -> how far each result may be from
                    `exact`; a floating result that is left out has to be exactly right
    integers        (question, seed) -> small integers for every input and "grad_output" that make
                    all sums exact in float32; raises NoIntegers
    fuzz            a generator -> the inputs and options of a random problem; `weight` says how
                    often against the others, `fuzz_values` how the input may be filled (data.py)
    results         the names of what the function returns; integer results must be equal
    updates         the constants that it writes to: their new values are results under their names
    arguments       (tensors, options) -> those that the kernels are called with, where they take
                    other ones than PyTorch
    saved           (inputs, options, exact, dtype) -> what a gradient reads of the forward pass,
                    where that is known exactly
    returns         elsewhere the names of what the kernels' forward pass returns, in its order: a
                    gradient that reads one gets what the kernels computed
    fill            argument -> (normal numbers, the inputs before it) -> what it is filled with,
                    where normal numbers of the case's dtype will not do; integers stay integers
    question        (inputs, options) -> what PyTorch is called with
    unseen          options that only nn.functional takes: the truth knows nothing of them
    objection       (inputs, results) raises ValueError where PyTorch's answer is not to be used
    truth           what gives the truth, below `torch`, where `function` alone cannot: its numbers
                    are random; `question` then says what that is called with
    prepare         is called before our function: it seeds what the function draws from
    outside         (inputs, options) -> why a sample of PyTorch's asks for what our function does
                    not promise, "" where it does: such a sample is counted as unsupported
    """

    name: str
    kernels: Any
    parameters: tuple[str, ...]
    differentiable: tuple[str, ...]
    integers: Callable[[Question, int], Arrays]
    fuzz: Callable[[np.random.Generator], Drawn]
    limits: Callable[[Question, Arrays, np.ndarray, Arrays, str], Arrays] = _exact
    order: int = 1000
    weight: int = 1
    fuzz_values: tuple[str, ...] = ("normal",)
    constants: tuple[str, ...] = ()
    results: tuple[str, ...] = ("forward",)
    updates: tuple[str, ...] = ()
    arguments: Callable[[Tensors, Options], tuple[Tensors, Options]] = _as_given
    saved: Callable[[Arrays, Options, Arrays, str], Arrays] = _saves_nothing
    returns: tuple[str, ...] = ()
    fill: Mapping[str, Callable[[np.ndarray, Arrays], np.ndarray]] = field(default_factory=dict)
    question: Callable[[Arrays, Options], tuple[Arrays, Options]] = _as_asked
    unseen: tuple[str, ...] = ()
    objection: Callable[[Arrays, Arrays], None] = _no_objection
    truth: str = ""
    prepare: Callable[[], None] = _nothing
    outside: Callable[[Arrays, Options], str] = _always_ours
    function: str = ""
    op_db: str = ""
    ours: str = ""

    def __post_init__(self) -> None:
        paths = {
            "function": "nn.functional",
            "op_db": "nn.functional",
            "ours": "functional",
        }
        for path, module in paths.items():
            if not getattr(self, path):
                object.__setattr__(self, path, f"{module}.{self.name}")

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """What the kernels compute."""
        return directions(self.kernels, (*self.results[1:], *self.updates))

    def run(
        self,
        direction: Direction,
        tensors: Tensors,
        options: Options,
        algorithm: str | None,
        outs: Tensors,
    ) -> None:
        """Run one direction on the tensors and options of a case; it writes to `outs`."""
        tensors, options = self.arguments(tensors, options)
        for name in self.updates:
            if name in outs:
                outs[name][...] = tensors[name]  # it is updated where it lies
        if direction.needs and direction.reads & set(self.returns) - tensors.keys():
            tensors = {**tensors, **self._returned(tensors, options)}
        direction.run(tensors, options, algorithm, outs)

    def _returned(self, tensors: Tensors, options: Options) -> Tensors:
        """Return what the kernels' forward pass returns, by name, and leave the inputs alone."""
        copies = {name: tensors[name].copy() for name in self.updates if name in tensors}
        forward = next(each for each in self.directions if each.name == "forward")
        returned = forward.run({**tensors, **copies}, options, None, {})
        returned = returned if isinstance(returned, tuple) else (returned,)
        return dict(zip(self.returns, returned, strict=True))

    @property
    def tensors(self) -> tuple[str, ...]:
        """The arguments that are tensors."""
        return self.differentiable + self.constants

    def wants_gradient(self, name: str, array: Array) -> bool:
        """Say whether the argument `name`, given as `array`, has a gradient."""
        return name in self.differentiable and array.dtype.kind == "f"

    def seen(self, options: Options) -> dict[str, Any]:
        """Return the options that the truth knows of."""
        return {name: value for name, value in options.items() if name not in self.unseen}
