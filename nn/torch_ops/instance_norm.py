"""instance_norm: by group_norm or, with running statistics, by batch_norm, as PyTorch has it."""

from math import prod

import torch
from torch import Tensor
from torch.nn.modules.instancenorm import _InstanceNorm

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.normalization import problem
from crosscheck.nn.functional.loss import constant
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.autocast import untouched
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.grouped_normalization import group_norm
from crosscheck.nn.torch_ops.normalization import batch_norm

OP = "instance_norm"


@public
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """`torch.nn.functional.instance_norm` for floating dtypes.

    Running statistics that require grad raise NotImplementedError.
    """
    constant(OP, running_mean=running_mean, running_var=running_var)
    problem.flag(OP, use_input_stats, "use_input_stats")
    flag = "use_input_stats"
    problem.both_or_none(OP, running_mean, running_var, use_input_stats, flag)
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if prod(input.shape[2:]) == 1:
        reject(OP, "input.shape", tuple(input.shape), "more than 1 element of each channel")
    if running_mean is None:
        with untouched(input):  # PyTorch's lists of autocast have group_norm and not instance_norm
            return group_norm(input, input.shape[1], weight, bias, eps)
    return _updating(input, running_mean, running_var, weight, bias, momentum, eps)


def _updating(
    input: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    momentum: float,
    eps: float,
) -> Tensor:
    """Normalise each channel of each sample, as a channel of batch_norm, and take the mean of what
    their running statistics become.
    """
    n, channels, *rest = input.shape
    for name, value in (("running_mean", running_mean), ("running_var", running_var)):
        if value.shape != (channels,):
            reject(OP, f"{name}.shape", tuple(value.shape), str((channels,)))
    rows = [each.repeat(n) for each in (running_mean, running_var)]
    affine = [None if each is None else each.repeat(n) for each in (weight, bias)]
    x = input.reshape(1, n * channels, *rest)
    output = batch_norm(x, *rows, *affine, True, momentum, eps).reshape(input.shape)
    if n:
        for running, found in zip((running_mean, running_var), rows, strict=True):
            running.copy_(found.reshape(n, channels).mean(0))
    return output


def _instance_norm(self: _InstanceNorm, input: Tensor) -> Tensor:
    """Called by the layer's forward pass, which puts an input without a batch into one."""
    return compute(
        self,
        instance_norm,
        input=input,
        running_mean=self.running_mean,
        running_var=self.running_var,
        weight=self.weight,
        bias=self.bias,
        use_input_stats=self.training or not self.track_running_stats,
        momentum=0.0 if self.momentum is None else self.momentum,
        eps=self.eps,
    )


@public
class InstanceNorm1d(torch.nn.InstanceNorm1d):
    """`torch.nn.InstanceNorm1d`."""

    _apply_instance_norm = _instance_norm


@public
class InstanceNorm2d(torch.nn.InstanceNorm2d):
    """`torch.nn.InstanceNorm2d`."""

    _apply_instance_norm = _instance_norm


@public
class InstanceNorm3d(torch.nn.InstanceNorm3d):
    """`torch.nn.InstanceNorm3d`."""

    _apply_instance_norm = _instance_norm
