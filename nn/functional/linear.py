"""The linear layer."""

from crosscheck.kernels import linear as _linear
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply (*, in) by the transpose of (out, in) and add the bias (out): (*, out)."""
    x, w = array_of("linear", "input", input), array_of("linear", "weight", weight)
    b = None if bias is None else array_of("linear", "bias", bias)
    size, weight_size = x.shape, w.shape  # a derivative keeps alive only what it reads
    return record(
        "linear",
        _linear.forward(x, w, b),
        (input, lambda dy: _linear.input_gradient(size, w, dy), weight),
        (weight, lambda dy: _linear.weight_gradient(x, weight_size, dy), input),
        (bias, _linear.bias_gradient),
    )
