"""Activations."""

from crosscheck.kernels.activation.relu import RELU
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0; with inplace=True in the input itself, which is returned.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch.
    """
    return apply(RELU, dict(input=input), {}, overwrite=input if inplace else None)[0]
