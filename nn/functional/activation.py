"""Activations."""

from kernels.activation import relu as _relu
from kernels.arguments import reject
from nn.functional.arguments import array_of
from nn.tensor import Tensor, record


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0.

    `inplace=True` raises NotImplementedError: an operator before this one may have saved the array
    for its derivative, so tensors are never overwritten.
    """
    x = array_of("relu", "input", input)
    if inplace:
        reject("relu", "inplace", inplace, "False: use the returned tensor", NotImplementedError)
    y = _relu.forward(x)
    return record("relu", y, (input, lambda dy: _relu.input_gradient(dy, y)))
