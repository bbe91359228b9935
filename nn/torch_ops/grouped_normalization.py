"""layer_norm and group_norm, and the derivatives of their gradients.

Unlike batch_norm's, the operators take mean and rstd for functions of the input: its derivatives
hold what goes through them, and so they have none themselves.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from crosscheck.kernels.normalization import group_norm as of_groups
from crosscheck.kernels.normalization import layer_norm as of_layers
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

LAYER_NORM = Operators(of_layers.LAYER_NORM)
GROUP_NORM = Operators(of_groups.GROUP_NORM)


class Split(NamedTuple):
    """The shape in which an input's last `axes` are normalised, and the weight's for it."""

    shape: Sequence[int]
    axes: int
    weight: Sequence[int]


def _of_layers(shape: Sequence[int], normalized_shape: Sequence[int]) -> Split:
    return Split(shape, len(normalized_shape), normalized_shape)


def _of_groups(shape: Sequence[int], num_groups: int) -> Split:
    n, channels, *rest = shape
    split = num_groups, channels // num_groups
    return Split((n, *split, *rest), len(shape) - 1, (*split, *[1] * len(rest)))


# With averages A over what is normalised together, z = (x - mean) rstd and g = dy weight:
#     dx = rstd P g,    P g = g - A g - z A (g z),    which is symmetric:
#     <v, dx> = sum of g rstd P v = sum of rstd (A (v g) - A v A g - A (v z) A (g z))
# d rstd / d x_j = -rstd^2 z_j / N and d z_i / d x_j = rstd ([i = j] - 1 / N - z_i z_j / N), so
#     d <v, dx> / dx = -rstd^2 (z (A (v g) - A v A g - A (v z) A (g z)) + A (v z) P g + A (g z) P v)
# dweight is the sum of dy z: <v, dweight> is the sum of z (dy v), whose derivative for x is the
# gradient of a layer with the weight v.
def _differentiate(operators: Operators, split: Callable[..., Split], option: str) -> None:
    def normalized(input: Tensor, rstd: Tensor, how: Split) -> tuple[Any, Tensor, Tensor]:
        """Return (A, z, rstd), functions of the input that PyTorch can differentiate on."""
        axes = tuple(range(-how.axes, 0))

        def average(each: Tensor) -> Tensor:
            return each.mean(axes, keepdim=True)

        x = input.reshape(how.shape)
        centered = x - average(x)
        variance = average(centered * centered)
        of_variance = rstd.detach().reshape(variance.shape) ** -2  # with eps
        r = (variance - variance.detach() + of_variance).rsqrt()
        return average, centered * r, r

    @operators.derivative("input_gradient")
    def _input(v: Tensor, **saved: Any) -> dict[str, Callable[[], Tensor]]:
        dy, x, weight = saved["grad_output"], saved["input"], saved["weight"]
        how = split(x.shape, saved[option])
        wide = None if weight is None else weight.reshape(how.weight)

        def bare() -> Tensor:
            return operators.call("input_gradient", **{**saved, "grad_output": v, "weight": None})

        def of_input() -> Tensor:
            average, z, r = normalized(x, saved["rstd"], how)
            g, w = dy.reshape(how.shape), v.reshape(how.shape)
            g = g if wide is None else g * wide
            A, V, B, C = average(g), average(w), average(g * z), average(w * z)
            rest = average(w * g) - V * A - B * C
            found = z * rest + C * (g - A - z * B) + B * (w - V - z * C)
            return (-r * r * found).reshape(x.shape)

        def of_output() -> Tensor:
            found = bare()
            return found if wide is None else (found.reshape(how.shape) * wide).reshape(x.shape)

        def of_weight() -> Tensor:
            product = (dy * bare()).reshape(how.shape)
            return product.sum_to_size(how.weight).reshape(weight.shape)

        return {"grad_output": of_output, "input": of_input, "weight": of_weight}

    @operators.derivative("weight_gradient")
    def _weight(v: Tensor, **saved: Any) -> dict[str, Callable[[], Tensor]]:
        x = saved["input"]
        how = split(x.shape, saved[option])

        def of_output() -> Tensor:
            _, z, _ = normalized(x, saved["rstd"], how)
            return (z * v.reshape(how.weight)).reshape(x.shape)

        def of_input() -> Tensor:
            return operators.call("input_gradient", **{**saved, "weight": v})

        return {"grad_output": of_output, "input": of_input}


_differentiate(LAYER_NORM, _of_layers, "normalized_shape")
_differentiate(GROUP_NORM, _of_groups, "num_groups")


@LAYER_NORM.derivative("bias_gradient")
def _layer_bias(v, grad_output_size):
    return {"grad_output": lambda: v.expand(grad_output_size)}


@GROUP_NORM.derivative("bias_gradient")
def _group_bias(v, grad_output_size):
    wide = v.view(-1, *[1] * (len(grad_output_size) - 2))
    return {"grad_output": lambda: wide.expand(grad_output_size)}


@public
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """`torch.nn.functional.layer_norm` for floating dtypes."""
    return LAYER_NORM.forward(input, list(normalized_shape), weight, bias, eps)[0]


@public
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """`torch.nn.functional.group_norm` for floating dtypes."""
    return GROUP_NORM.forward(input, num_groups, weight, bias, eps)[0]


@public
class LayerNorm(torch.nn.LayerNorm):
    """`torch.nn.LayerNorm`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            layer_norm,
            input=input,
            normalized_shape=self.normalized_shape,
            weight=self.weight,
            bias=self.bias,
            eps=self.eps,
        )


@public
class GroupNorm(torch.nn.GroupNorm):
    """`torch.nn.GroupNorm`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            group_norm,
            input=input,
            num_groups=self.num_groups,
            weight=self.weight,
            bias=self.bias,
            eps=self.eps,
        )
