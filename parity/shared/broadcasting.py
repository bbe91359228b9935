"""What add and mul share: operands that broadcast, and numbers in a tensor's place."""

from collections.abc import Mapping

import numpy as np

from crosscheck.kernels.arrays import namespace
from crosscheck.parity.case import Shape
from crosscheck.parity.direction import Tensors
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared.draws import Drawn, edge, one_of

OPERANDS = ("input", "other")
TWO_NUMBERS = "two numbers and no tensor: they have no dtype and no device"


def arguments(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    """Return the operands all as arrays: a number takes the dtype and device of the others."""
    like = tensors["grad_output"]
    numbers = {
        name: namespace(like).full((), options[name], like.dtype)
        for name in OPERANDS
        if name in options
    }
    return {**tensors, **numbers}, options


def outside(inputs: Mapping[str, np.ndarray], options: Options) -> str:
    """Return why a call is none of ours, "" when it is."""
    return "" if inputs else TWO_NUMBERS


def copies(question: Question) -> dict[str, int]:
    """Return in how many outputs an element of each operand is: so many its gradient adds up."""
    outputs = int(np.prod(question.terms()["forward"].shape))
    return {name: outputs // max(int(np.prod(shape)), 1) for name, shape in question.shapes}


def magnitudes(question: Question, inputs: Arrays, grad_output: np.ndarray) -> Arrays:
    """Return T of every result: what the operator gives on absolute values."""
    absolute = {name: np.abs(each) for name, each in inputs.items()}
    numbers = {name: abs(value) for name, value in question.options.items()}
    return question.ask(absolute, np.abs(grad_output), **numbers)


def rounded(options: Options, name: str, dtype: str) -> int:
    """Return 1 where `name` is a number that `dtype` has to round, else 0."""
    value = options.get(name, 0)
    return int(float(np.dtype(dtype).type(value)) != value)


def fuzz(rng: np.random.Generator) -> Drawn:
    """Return two operands of one shape, each with dimensions of its own left out or of 1."""
    whole = tuple(0 if rng.random() < 0.03 else edge(rng, 9) for _ in range(rng.integers(0, 6)))
    inputs = {name: _part(rng, whole) for name in OPERANDS}
    if rng.random() < 0.1:
        return {"input": inputs["input"]}, {"other": one_of(rng, (0.0, 2.0, -0.1))}
    return inputs, {}


def _part(rng: np.random.Generator, whole: Shape) -> Shape:
    first = int(rng.integers(0, len(whole) + 1)) if rng.random() < 0.3 else 0
    return tuple(1 if rng.random() < 0.2 else extent for extent in whole[first:])
