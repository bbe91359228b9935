"""Layers of torch.nn that compute with our operators. Each has its base's arguments and state, and
replaces a forward pass, nothing else.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from crosscheck.nn.torch_ops.activation import relu
from crosscheck.nn.torch_ops.adaptive_pooling import adaptive_avg_pool2d
from crosscheck.nn.torch_ops.convolution import conv2d
from crosscheck.nn.torch_ops.dropouts import dropout
from crosscheck.nn.torch_ops.loss.cross_entropy import cross_entropy
from crosscheck.nn.torch_ops.loss.mse_loss import mse_loss
from crosscheck.nn.torch_ops.matrix_product import linear
from crosscheck.nn.torch_ops.normalization import batch_norm
from crosscheck.nn.torch_ops.pooling import avg_pool2d, max_pool2d
from crosscheck.nn.torch_ops.softmaxes import log_softmax, softmax


class Conv2d(torch.nn.Conv2d):
    """`torch.nn.Conv2d`. A padding_mode other than "zeros" pads by torch.nn.functional.pad."""

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = pad(input, self._reversed_padding_repeated_twice, self.padding_mode)
            padding = 0
        geometry = self.stride, padding, self.dilation, self.groups
        return conv2d(input, self.weight, self.bias, *geometry)


class MaxPool2d(torch.nn.MaxPool2d):
    """`torch.nn.MaxPool2d`."""

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        geometry = self.kernel_size, self.stride, self.padding, self.dilation
        return max_pool2d(input, *geometry, self.ceil_mode, self.return_indices)


class AvgPool2d(torch.nn.AvgPool2d):
    """`torch.nn.AvgPool2d`."""

    def forward(self, input: Tensor) -> Tensor:
        geometry = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return avg_pool2d(input, *geometry, self.count_include_pad, self.divisor_override)


class AdaptiveAvgPool2d(torch.nn.AdaptiveAvgPool2d):
    """`torch.nn.AdaptiveAvgPool2d`."""

    def forward(self, input: Tensor) -> Tensor:
        return adaptive_avg_pool2d(input, self.output_size)


class Linear(torch.nn.Linear):
    """`torch.nn.Linear`."""

    def forward(self, input: Tensor) -> Tensor:
        return linear(input, self.weight, self.bias)


class ReLU(torch.nn.ReLU):
    """`torch.nn.ReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return relu(input, self.inplace)


def _batch_norm(self: torch.nn.modules.batchnorm._BatchNorm, input: Tensor) -> Tensor:
    """The forward pass of the three. With momentum None the running statistics are plain means."""
    self._check_input_dim(input)
    momentum = 0.0 if self.momentum is None else self.momentum
    learns = self.training and self.track_running_stats
    if learns and self.num_batches_tracked is not None:
        self.num_batches_tracked.add_(1)
        if self.momentum is None:
            momentum = self.num_batches_tracked.to(self.running_mean.dtype).reciprocal()
    forgets = self.training and not learns
    running = (None, None) if forgets else (self.running_mean, self.running_var)
    by_batch = self.training or (self.running_mean is None and self.running_var is None)
    return batch_norm(input, *running, self.weight, self.bias, by_batch, momentum, self.eps)


class BatchNorm1d(torch.nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d`."""

    forward = _batch_norm


class BatchNorm2d(torch.nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d`."""

    forward = _batch_norm


class BatchNorm3d(torch.nn.BatchNorm3d):
    """`torch.nn.BatchNorm3d`."""

    forward = _batch_norm


class Dropout(torch.nn.Dropout):
    """`torch.nn.Dropout`. The same seed drops other elements than there."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout(input, self.p, self.training, self.inplace)


class Softmax(torch.nn.Softmax):
    """`torch.nn.Softmax`."""

    def forward(self, input: Tensor) -> Tensor:
        return softmax(input, self.dim, _stacklevel=5)


class LogSoftmax(torch.nn.LogSoftmax):
    """`torch.nn.LogSoftmax`."""

    def forward(self, input: Tensor) -> Tensor:
        return log_softmax(input, self.dim, _stacklevel=5)


class CrossEntropyLoss(torch.nn.CrossEntropyLoss):
    """`torch.nn.CrossEntropyLoss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class MSELoss(torch.nn.MSELoss):
    """`torch.nn.MSELoss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return mse_loss(input, target, reduction=self.reduction)


_ALL = (
    Conv2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveAvgPool2d,
    Linear,
    ReLU,
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    Dropout,
    Softmax,
    LogSoftmax,
    CrossEntropyLoss,
    MSELoss,
)
LAYERS = {layer.__base__: layer for layer in _ALL}
