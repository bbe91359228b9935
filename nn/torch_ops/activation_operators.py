"""Activations as operators of PyTorch.

The derivatives of a gradient: dx = dy f'(x) is linear in dy, with the same factors. In x its slope
is dy f''(x), and f'' is given here; where f' is computed from the result y, so is its derivative.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.activation import (
    elu,
    gelu,
    hardsigmoid,
    hardswish,
    leaky_relu,
    mish,
    prelu,
    relu,
    relu6,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.nn.torch_ops.operators import Operators


def _operators(kernels: Unary, curvature: Callable[..., Tensor] | None = None) -> Operators:
    """Return the operators of an activation. `curvature` is f'', a function of what the gradient
    reads and of the options, all by name; without it the gradient is flat.
    """
    operators = Operators(kernels)
    read = kernels.reads

    @operators.derivative("input_gradient")
    def _(v: Tensor, **saved: Any) -> dict[str, Callable[[], Tensor]]:
        dy = saved.pop("grad_output")
        found = {"grad_output": lambda: operators.call("input_gradient", grad_output=v, **saved)}
        return found | ({read: lambda: v * dy * curvature(**saved)} if curvature else {})

    return operators


def _of_silu(input: Tensor) -> Tensor:
    s = torch.sigmoid(input)
    return s * (1 - s) * (2 + input * (1 - 2 * s))


def _of_softplus(input: Tensor, beta: float, threshold: float) -> Tensor:
    s = torch.sigmoid(input * beta)
    return torch.where(input * beta > threshold, 0, beta * s * (1 - s))


def _of_mish(input: Tensor) -> Tensor:
    s, t = torch.sigmoid(input), torch.tanh(torch.nn.functional.softplus(input))
    return (1 - t * t) * (2 * s + input * (s * (1 - s) - 2 * s * s * t))


def _of_gelu(input: Tensor, approximate: str) -> Tensor:
    if approximate == "none":
        return gelu.PEAK * torch.exp(input * input / -2) * (2 - input * input)
    steep, cube = gelu.TWICE, gelu.CUBE
    s = torch.sigmoid(steep * (input + cube * input**3))
    slope, bend = steep * (1 + 3 * cube * input**2), steep * 6 * cube * input
    return s * (1 - s) * (2 * slope + input * ((1 - 2 * s) * slope**2 + bend))


def _of_elu(input: Tensor, alpha: float) -> Tensor:
    return torch.where(input > 0, 0, alpha * torch.exp(input))


RELU = _operators(relu.RELU)
RELU6 = _operators(relu6.RELU6)
LEAKY_RELU = _operators(leaky_relu.LEAKY_RELU)
HARDSIGMOID = _operators(hardsigmoid.HARDSIGMOID)
HARDSWISH = _operators(hardswish.HARDSWISH, lambda input: (input.abs() < 3).to(input.dtype) / 3)
SIGMOID = _operators(sigmoid.SIGMOID, lambda output: 1 - 2 * output)
TANH = _operators(tanh.TANH, lambda output: -2 * output)
ELU = _operators(elu.ELU, _of_elu)
GELU = _operators(gelu.GELU, _of_gelu)
SILU = _operators(silu.SILU, _of_silu)
MISH = _operators(mish.MISH, _of_mish)
SOFTPLUS = _operators(softplus.SOFTPLUS, _of_softplus)

PRELU = Operators(prelu.PRELU)


# dx = dy where x > 0, else dy weight; and dweight = sum of dy x where x is not above 0. Neither has
# a slope in x itself: both are linear on either side of 0.
@PRELU.derivative("input_gradient")
def _input(v, grad_output, input, weight):
    return {
        "grad_output": lambda: PRELU.input_gradient(v, input, weight),
        "weight": lambda: PRELU.weight_gradient(
            v * grad_output, -(input <= 0).to(v.dtype), weight.shape
        ).neg(),
    }


@PRELU.derivative("weight_gradient")
def _weight(v, grad_output, input):
    wide = v.reshape(-1, *(1,) * (input.ndim - 2)) if input.ndim > 1 else v.reshape(())
    slope = (input <= 0) * wide
    return {"grad_output": lambda: slope * input, "input": lambda: slope * grad_output}
