"""What add and mul share: operands that broadcast, and numbers in place of tensors."""

from collections.abc import Mapping

import numpy as np

from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.dtypes import computed
from crosscheck.parity.bounds import SHORT, UNIT_ROUNDOFF
from crosscheck.parity.case import Shape
from crosscheck.parity.direction import Tensors
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared.draws import Drawn, extent, one_of

OPERANDS = ("input", "other")
TWO_NUMBERS = "two numbers and no tensor: they have no dtype and no device"


def kernel_arguments(
    tensors: Tensors, options: Options, operands: tuple[str, ...] = OPERANDS
) -> tuple[Tensors, Options]:
    """Return both operands as arrays: a number becomes one of the other's dtype and device, and
    beside an array of 16 bits that has dimensions of float32, as in nn.
    """
    like = tensors["grad_output"]
    dtype = computed(like.dtype) if like.ndim else like.dtype
    numbers = {
        name: namespace(like).full((), options[name], dtype) for name in operands if name in options
    }
    return {**tensors, **numbers}, options


def out_of_scope(inputs: Mapping[str, np.ndarray], options: Options) -> str:
    """Return what a call asks for that ours does not offer, "" if nothing."""
    return "" if inputs else TWO_NUMBERS


def copies(call: ReferenceCall) -> dict[str, int]:
    """Return how many outputs each operand's elements are broadcast to: its gradient's terms."""
    outputs = int(np.prod(call.terms()["forward"].shape))
    return {name: outputs // max(int(np.prod(shape)), 1) for name, shape in call.shapes}


def summed(terms: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return terms summed to a shape that broadcasts to theirs."""
    lead = terms.ndim - len(shape)
    terms = terms.sum(tuple(range(lead)))
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return terms.sum(ones, keepdims=True).reshape(shape)


def magnitudes(call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray) -> Arrays:
    """Return T of every result: what the operator gives on absolute values."""
    absolute = {name: np.abs(each) for name, each in inputs.items()}
    numbers = {name: abs(value) for name, value in call.options.items()}
    return call.run(absolute, np.abs(grad_output), **numbers)


def rounded(options: Options, name: str, dtype: str) -> int:
    """Return how many roundings it costs to hold the option `name`, 0 for none.

    A number in place of an operand becomes an array: its one rounding to 16 bits is as large as
    thousands of those to float32.
    """
    value, short = options.get(name, 0), dtype in SHORT and name in OPERANDS
    kind = np.dtype(dtype) if short else computed(dtype)
    if float(kind.type(value)) == value:
        return 0
    return 1 + round(SHORT[dtype].unit_roundoff / UNIT_ROUNDOFF[dtype]) if short else 1


def fuzz(rng: np.random.Generator) -> Drawn:
    """Return two operands whose shapes broadcast, or one and a number."""
    whole = tuple(0 if rng.random() < 0.03 else extent(rng, 9) for _ in range(rng.integers(0, 6)))
    inputs = {name: _part(rng, whole) for name in OPERANDS}
    if rng.random() < 0.1:
        return {"input": inputs["input"]}, {"other": one_of(rng, (0.0, 2.0, -0.1))}
    return inputs, {}


def _part(rng: np.random.Generator, whole: Shape) -> Shape:
    first = int(rng.integers(0, len(whole) + 1)) if rng.random() < 0.3 else 0
    return tuple(1 if rng.random() < 0.2 else extent for extent in whole[first:])
