"""batch_norm: two operators, as the statistics are the batch's or given, and what keeps them.

An operator that PyTorch can differentiate may change no argument. So the one for training returns
the mean and the variance of the batch, and the function puts them into the running statistics: with
a momentum that may be a tensor, which makes momentum=None a graph without a break and a launch
without a look at the GPU. Derivatives of the gradients: normalization_gradients.py.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.normalization import batch_norm as kernels
from crosscheck.kernels.normalization import problem
from crosscheck.nn.functional.loss import constant
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.dtypes import computed
from crosscheck.nn.torch_ops.fall_back import falls_back
from crosscheck.nn.torch_ops.normalization_gradients import BATCH_NORM, along, count
from crosscheck.nn.torch_ops.operator import operator

OP = "batch_norm"


def _channels(input: Tensor) -> int:
    if input.ndim < 2:
        reject(OP, "input.shape", tuple(input.shape), "at least 2 dimensions")
    return input.shape[1]


def _by_running(input: Array, *arrays: Any, **outs: Array) -> None:
    *arrays, eps = arrays
    kernels.forward(input, *arrays, training=False, eps=eps, **outs)


def _by_batch(
    input: Array,
    weight: Array,
    bias: Array,
    eps: float,
    mean: Array,
    variance: Array,
    **outs: Array,
) -> None:
    """With momentum 1, running statistics that are 0 become those of the batch."""
    kernels.forward(input, mean, variance, weight, bias, True, 1.0, eps, **outs)


AFFINE = ("weight", "bias")


@operator(
    OP, _by_running, outs=("out", "mean", "rstd"), mixed=("running_mean", "running_var", *AFFINE)
)
def forward(
    input: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    channels, dtype = _channels(input), computed(input.dtype)
    mean, rstd = (input.new_empty(channels, dtype=dtype) for _ in range(2))
    return torch.empty_like(input), mean, rstd


@operator("batch_norm_training", _by_batch, outs=("out", "mean", "variance", "rstd"), mixed=AFFINE)
def training_forward(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    channels, dtype = _channels(input), computed(input.dtype)
    mean, variance = (input.new_zeros(channels, dtype=dtype) for _ in range(2))
    return torch.empty_like(input), mean, variance, torch.empty_like(mean)


def _save_forward(ctx: Any, inputs: tuple, output: tuple) -> None:
    input, _, _, weight, *_ = inputs
    _, mean, rstd = output
    ctx.save_for_backward(input, mean, rstd, weight)  # not what runs: that may have changed by then
    ctx.mark_non_differentiable(mean, rstd)
    ctx.set_materialize_grads(False)


def _forward_backward(ctx: Any, dy: Tensor | None, *_: None) -> tuple:
    of_input, of_weight, of_bias = _gradients(ctx, dy, *ctx.saved_tensors, False, (0, 3, 4))
    return of_input, None, None, of_weight, of_bias, None


def _save_training_forward(ctx: Any, inputs: tuple, output: tuple) -> None:
    input, weight, _, _ = inputs
    _, mean, variance, rstd = output
    ctx.save_for_backward(input, mean, rstd, weight)
    ctx.mark_non_differentiable(variance)
    ctx.set_materialize_grads(False)  # mean and rstd get theirs from second derivatives alone


# d mean / d x_j = 1 / N and d rstd / d x_j = -rstd^3 (x_j - mean) / N, N elements a channel.
def _training_forward_backward(
    ctx: Any, dy: Tensor | None, dmean: Tensor | None, _: None, drstd: Tensor | None
) -> tuple:
    x, mean, rstd, weight = ctx.saved_tensors  # once: a checkpoint computes them for one reading
    of_input, of_weight, of_bias = _gradients(ctx, dy, x, mean, rstd, weight, True, (0, 1, 2))
    if ctx.needs_input_grad[0]:
        terms = [] if of_input is None else [of_input]
        if dmean is not None:
            terms.append(along(dmean / count(x), x).expand_as(x))
        if drstd is not None:
            terms.append((along(mean, x) - x) * along(drstd * rstd**3 / count(x), x))
        of_input = sum(terms[1:], terms[0]) if terms else None
    return of_input, of_weight, of_bias, None


def _gradients(
    ctx: Any,
    dy: Tensor | None,
    x: Tensor,
    mean: Tensor,
    rstd: Tensor,
    weight: Tensor | None,
    training: bool,
    places: tuple[int, int, int],
) -> list:
    """Return the gradients for the input, the weight and the bias, at `places` of the inputs."""
    ways = (
        lambda: BATCH_NORM.input_gradient(dy, x, mean, rstd, weight, training),
        lambda: BATCH_NORM.weight_gradient(dy, x, mean, rstd),
        lambda: BATCH_NORM.bias_gradient(dy),
    )
    wanted = [dy is not None and ctx.needs_input_grad[place] for place in places]
    return [way() if want else None for way, want in zip(ways, wanted, strict=True)]


forward.register_autograd(_forward_backward, setup_context=_save_forward)
training_forward.register_autograd(_training_forward_backward, setup_context=_save_training_forward)


@public
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float | Tensor = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """`torch.nn.functional.batch_norm` for floating dtypes.

    momentum may be a tensor of one element, too. Running statistics that require grad raise
    NotImplementedError.
    """
    constant(OP, running_mean=running_mean, running_var=running_var)
    problem.flag(OP, training)
    problem.rates(OP, 0.0 if isinstance(momentum, Tensor) else momentum, eps, training)
    problem.both_or_none(OP, running_mean, running_var, training)
    if not training:
        return forward(input, running_mean, running_var, weight, bias, eps)[0]
    _check_running(input, running_mean=running_mean, running_var=running_var)
    output, mean, variance, _ = training_forward(input, weight, bias, eps)
    if running_mean is not None and input.numel() > 0:  # PyTorch learns nothing of an empty batch
        for running, new in ((running_mean, mean), (running_var, variance)):
            kept = running.to(new.dtype) * (1 - momentum)  # rounded to 16 bits once, at the end
            running.copy_(kept + momentum * new.detach())
    return output


def _check_running(input: Tensor, **named: Tensor | None) -> None:
    """Require what the operator for training does not see to fit the input."""
    size = (_channels(input),)
    for name, value in named.items():
        if value is not None and value.shape != size:
            reject(OP, f"{name}.shape", tuple(value.shape), str(size))
        if value is not None and value.device != input.device:
            reject(OP, f"device of {name}", str(value.device), f"{input.device}, the input's")


def _batch_norm(self: _BatchNorm, input: Tensor) -> Tensor:
    """The forward pass of the three. With momentum None the running statistics are plain means."""
    weight, bias, mean, variance = self.weight, self.bias, self.running_mean, self.running_var
    tensors = {"weight": weight, "bias": bias, "running_mean": mean, "running_var": variance}
    if falls_back(self, OP, input=input, **tensors):
        return _BatchNorm.forward(self, input)
    self._check_input_dim(input)
    momentum = 0.0 if self.momentum is None else self.momentum
    learns = self.training and self.track_running_stats
    if learns and self.num_batches_tracked is not None:
        self.num_batches_tracked.add_(1)
        if self.momentum is None:
            momentum = self.num_batches_tracked.to(computed(mean.dtype)).reciprocal()
    by_batch = bool(self.training) or (mean is None and variance is None)
    if self.training and not learns:
        mean = variance = None
    return batch_norm(input, mean, variance, weight, bias, by_batch, momentum, self.eps)


@public
class BatchNorm1d(torch.nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d`."""

    forward = _batch_norm


@public
class BatchNorm2d(torch.nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d`."""

    forward = _batch_norm


@public
class BatchNorm3d(torch.nn.BatchNorm3d):
    """`torch.nn.BatchNorm3d`."""

    forward = _batch_norm
