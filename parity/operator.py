"""An operator as the suite sees it: how its kernels are called, and all that is its own.

Directions are named as the reference's results, so `exact[direction]` is what a call must give.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared.draws import Drawn

Tensors = Mapping[str, Array]


class NoIntegers(Exception):
    """No integers would make every sum of this call exact; the message says why."""


@dataclass(frozen=True)
class Direction:
    """One direction of an operator.

    `call(tensors, options, algorithm=..., out=..., **further outputs)` runs the kernels. `outputs`
    maps the keyword of each output to its name among the reference's results. `algorithms` is the
    family's own table. `needs` names a floating input without which the direction does not exist;
    "": none.
    """

    name: str
    call: Callable[..., Any]
    algorithms: Mapping[str, Algorithm]
    outputs: Mapping[str, str] = field(default_factory=dict)
    needs: str = "input"

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", {"out": self.name})


def directions(
    tables: Mapping[str, Mapping[str, Algorithm]], **calls: Callable[..., Any]
) -> tuple[Direction, ...]:
    """Return a Direction for each call, named as its keyword, with the family's algorithms."""
    return tuple(Direction(name, call, tables[name]) for name, call in calls.items())


def _as_asked(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    return inputs, options


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
    directions      what the kernels compute
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
    saved           (inputs, options, exact, dtype) -> what a gradient reads of the forward pass
    fill            argument -> (normal numbers, the inputs before it) -> what it is filled with,
                    where normal numbers of the case's dtype will not do; integers stay integers
    question        (inputs, options) -> what PyTorch is called with
    unseen          options that only nn.functional takes: kernels and truth know nothing of them
    objection       (inputs, results) raises ValueError where PyTorch's answer is not to be used
    truth           what gives the truth, below `torch`, where `function` alone cannot: its numbers
                    are random; `question` then says what that is called with
    prepare         is called before our function: it seeds what the function draws from
    outside         (inputs, options) -> why a sample of PyTorch's asks for what our function does
                    not promise, "" where it does: such a sample is counted as unsupported
    """

    name: str
    directions: tuple[Direction, ...]
    parameters: tuple[str, ...]
    differentiable: tuple[str, ...]
    limits: Callable[[Question, Arrays, np.ndarray, Arrays, str], Arrays]
    integers: Callable[[Question, int], Arrays]
    fuzz: Callable[[np.random.Generator], Drawn]
    order: int = 1000
    weight: int = 1
    fuzz_values: tuple[str, ...] = ("normal",)
    constants: tuple[str, ...] = ()
    results: tuple[str, ...] = ("forward",)
    updates: tuple[str, ...] = ()
    saved: Callable[[Arrays, Options, Arrays, str], Arrays] = _saves_nothing
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

    @property
    def tensors(self) -> tuple[str, ...]:
        """The arguments that are tensors."""
        return self.differentiable + self.constants

    def wants_gradient(self, name: str, array: Array) -> bool:
        """Say whether the argument `name`, given as `array`, has a gradient."""
        return name in self.differentiable and array.dtype.kind == "f"

    def seen(self, options: Options) -> dict[str, Any]:
        """Return the options that the kernels take."""
        return {name: value for name, value in options.items() if name not in self.unseen}
