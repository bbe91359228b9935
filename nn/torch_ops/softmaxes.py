"""softmax and log_softmax.

The second derivatives are arithmetic of PyTorch's, which knows all further ones; but the Jacobian
of softmax is symmetric, so there one half of them is the kernel of the first again.
"""

import torch
from torch import Tensor

from crosscheck.kernels.softmax import log_softmax as log_kernels
from crosscheck.kernels.softmax import softmax as kernels
from crosscheck.nn.functional.softmax import NO_DIM, default_dim
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import warn
from crosscheck.nn.torch_ops.autocast import untouched
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

SOFTMAX = Operators(kernels.SOFTMAX)
LOG_SOFTMAX = Operators(log_kernels.LOG_SOFTMAX)


# dx[j] = y[j] (dy[j] - sum of dy y), so <v, dx> has the derivatives
#     for dy[k]   y[k] (v[k] - sum of v y)
#     for y[k]    v[k] (dy[k] - sum of dy y) - dy[k] (sum of v y)
@SOFTMAX.derivative("input_gradient")
def _softmax(v, grad_output, output, dim):
    def dot(a: Tensor) -> Tensor:
        return (a * output).sum(dim, keepdim=True)

    return {
        "grad_output": lambda: SOFTMAX.input_gradient(v, output, dim),
        "output": lambda: v * (grad_output - dot(grad_output)) - grad_output * dot(v),
    }


# dx[j] = dy[j] - exp(y[j]) (sum of dy), so <v, dx> has the derivatives
#     for dy[k]   v[k] - sum of v exp(y)
#     for y[k]    -v[k] exp(y[k]) (sum of dy)
@LOG_SOFTMAX.derivative("input_gradient")
def _log_softmax(v, grad_output, output, dim):
    product = v * output.exp()
    return {
        "grad_output": lambda: v - product.sum(dim, keepdim=True),
        "output": lambda: -product * grad_output.sum(dim, keepdim=True),
    }


@public
def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None
) -> Tensor:
    """`torch.nn.functional.softmax` for floating dtypes; `dtype` may make others of them."""
    return _along("softmax", SOFTMAX, input, dim, _stacklevel, dtype)


@public
def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: torch.dtype | None = None
) -> Tensor:
    """`torch.nn.functional.log_softmax`, for the dtypes of `softmax`."""
    return _along("log_softmax", LOG_SOFTMAX, input, dim, _stacklevel, dtype)


def _along(
    op: str,
    operators: Operators,
    input: Tensor,
    dim: int | None,
    stacklevel: int,
    dtype: torch.dtype | None,
) -> Tensor:
    if dim is None:
        warn(f"{op}: {NO_DIM}", stacklevel)
        dim = default_dim(input.ndim)
    if dtype is None:
        return operators.forward(input, dim)
    with untouched(input):  # a dtype that is given goes before that of autocast
        return operators.forward(input.to(dtype), dim)


@public
class Softmax(torch.nn.Softmax):
    """`torch.nn.Softmax`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, softmax, input=input, dim=self.dim, _stacklevel=6)


@public
class LogSoftmax(torch.nn.LogSoftmax):
    """`torch.nn.LogSoftmax`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, log_softmax, input=input, dim=self.dim, _stacklevel=6)
