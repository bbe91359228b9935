"""Activations."""

from crosscheck.kernels.activation import relu as _relu
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0; with inplace=True in the input itself, which is returned.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch.
    """
    x = array_of("relu", "input", input)
    y = _relu.forward(x, out=input.overwritable("relu") if inplace else None)
    output = input if inplace else Tensor(y)
    return record("relu", output, (input, lambda dy: _relu.input_gradient(dy, y), output))
