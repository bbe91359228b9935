"""Adaptive pooling."""

from collections.abc import Sequence

import torch
from torch import Tensor

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.pooling import adaptive_avg_pool1d as signals
from crosscheck.kernels.pooling import adaptive_avg_pool2d as averages
from crosscheck.kernels.pooling import adaptive_max_pool2d as maxima
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import Size, number, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators
from crosscheck.nn.torch_ops.pooling import differentiate_max

ADAPTIVE_AVG_POOL1D = Operators(signals.ADAPTIVE_AVG_POOL1D)
ADAPTIVE_AVG_POOL2D = Operators(averages.ADAPTIVE_AVG_POOL2D)
ADAPTIVE_MAX_POOL2D = Operators(maxima.ADAPTIVE_MAX_POOL2D)


# Averages are linear in their one array: the gradient's gradient is the average again.
def _differentiate_adaptive(operators: Operators, axes: int) -> None:
    @operators.derivative("input_gradient")
    def _(v, grad_output_size):
        return {"grad_output": lambda: operators.forward(v, grad_output_size[-axes:])}


_differentiate_adaptive(ADAPTIVE_AVG_POOL1D, 1)
_differentiate_adaptive(ADAPTIVE_AVG_POOL2D, 2)
differentiate_max(ADAPTIVE_MAX_POOL2D, 2)


@public
def adaptive_avg_pool1d(input: Tensor, output_size: Size) -> Tensor:
    """`torch.nn.functional.adaptive_avg_pool1d` for floating dtypes."""
    sizes = numbers("adaptive_avg_pool1d", "output_size", output_size)
    return ADAPTIVE_AVG_POOL1D.forward(input, sizes)


@public
def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int | None]) -> Tensor:
    """`torch.nn.functional.adaptive_avg_pool2d` for floating dtypes. The output is contiguous.

    None stands for the input's own extent.
    """
    sizes = _sizes("adaptive_avg_pool2d", input, output_size)
    return ADAPTIVE_AVG_POOL2D.forward(input, sizes)


@public
def adaptive_max_pool2d(
    input: Tensor, output_size: int | Sequence[int | None], return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """`torch.nn.functional.adaptive_max_pool2d` for floating dtypes, contiguous."""
    sizes = _sizes("adaptive_max_pool2d", input, output_size)
    output, indices = ADAPTIVE_MAX_POOL2D.forward(input, sizes)
    return (output, indices) if return_indices else output


def _sizes(op: str, input: Tensor, output_size: int | Sequence[int | None]) -> list[int]:
    if not isinstance(output_size, (list, tuple)):
        return 2 * [number(op, "output_size", output_size)]
    if len(output_size) != 2:
        reject(op, "output_size", output_size, "an integer or a pair of integers or None")
    pairs = zip(output_size, input.shape[-2:], strict=True)
    return [h if p is None else number(op, "output_size", p) for p, h in pairs]


def _own_extent(size: int | Sequence[int | None]) -> str:
    """Return why a layer of this output_size cannot call an operator, or ""."""
    if torch.jit.is_tracing() and isinstance(size, (list, tuple)) and None in size:
        return "jit.trace, to which the input's own extent is a tensor"
    return ""


@public
class AdaptiveAvgPool2d(torch.nn.AdaptiveAvgPool2d):
    """`torch.nn.AdaptiveAvgPool2d`."""

    def forward(self, input: Tensor) -> Tensor:
        size = self.output_size
        reason = _own_extent(size)
        return compute(self, adaptive_avg_pool2d, unless=reason, input=input, output_size=size)


@public
class AdaptiveAvgPool1d(torch.nn.AdaptiveAvgPool1d):
    """`torch.nn.AdaptiveAvgPool1d`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, adaptive_avg_pool1d, input=input, output_size=self.output_size)


@public
class AdaptiveMaxPool2d(torch.nn.AdaptiveMaxPool2d):
    """`torch.nn.AdaptiveMaxPool2d`."""

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return compute(
            self,
            adaptive_max_pool2d,
            unless=_own_extent(self.output_size),
            input=input,
            output_size=self.output_size,
            return_indices=self.return_indices,
        )
