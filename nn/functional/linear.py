"""The linear layer."""

from crosscheck.kernels.linear import LINEAR
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply (*, in) by the transpose of (out, in) and add the bias (out): (*, out)."""
    return apply(LINEAR, dict(input=input, weight=weight, bias=bias), {})[0]
