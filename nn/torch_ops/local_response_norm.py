"""Local response normalisation."""

import torch
from torch import Tensor

from crosscheck.kernels.elementwise.unary import number
from crosscheck.kernels.normalization import local_response_norm as kernels
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import arguments
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

LOCAL_RESPONSE_NORM = Operators(kernels.LOCAL_RESPONSE_NORM)


def _window_sum(each: Tensor, before: int, after: int) -> Tensor:
    """Add up the channels around each; those that do not exist count as 0."""
    if not each.numel():
        return each
    sides = [0, 0] * (each.ndim - 2) + [before, after]
    return torch.nn.functional.pad(each, sides).unfold(1, before + after + 1, 1).sum(-1)


# With a = alpha / size, S the sum over a window and T its transpose, d = k + a S(x^2) and
#     <v, dx> = sum of dy (v d^-beta - 2 a beta x S(v x) d^(-beta - 1)),
# whose factor of dy is the gradient for it. x is in d, whose gradient comes back by 2 a x T, and in
# two more places.
@LOCAL_RESPONSE_NORM.derivative("input_gradient")
def _differentiated(v, grad_output, input, size, alpha, beta, k):
    sides = size // 2, (size - 1) // 2
    a = alpha / size
    d = k + a * _window_sum(input * input, *sides)
    inner = 2 * a * beta * _window_sum(v * input, *sides)
    steep = d.pow(-beta - 1)

    def of_input() -> Tensor:
        dy = grad_output
        of_d = dy * (beta + 1) * input * inner * d.pow(-beta - 2) - beta * dy * v * steep
        by_window = 2 * a * beta * v * _window_sum(dy * input * steep, *sides[::-1])
        return 2 * a * input * _window_sum(of_d, *sides[::-1]) - dy * inner * steep - by_window

    return {"grad_output": lambda: v * d.pow(-beta) - input * inner * steep, "input": of_input}


@public
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """`torch.nn.functional.local_response_norm` for floating dtypes.

    The output has the input's memory order.
    """
    op = "local_response_norm"
    size = arguments.number(op, "size", size)
    numbers = (number(op, name, each) for name, each in dict(alpha=alpha, beta=beta, k=k).items())
    return LOCAL_RESPONSE_NORM.forward(input, size, *numbers)


@public
class LocalResponseNorm(torch.nn.LocalResponseNorm):
    """`torch.nn.LocalResponseNorm`."""

    def forward(self, input: Tensor) -> Tensor:
        names = "size", "alpha", "beta", "k"
        options = {name: getattr(self, name) for name in names}
        return compute(self, local_response_norm, input=input, **options)
