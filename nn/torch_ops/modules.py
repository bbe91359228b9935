"""Layers of torch.nn that compute with our operators. Each has its base's arguments and state, and
replaces a forward pass, nothing else.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from nn.torch_ops.activation import relu
from nn.torch_ops.adaptive_pooling import adaptive_avg_pool2d
from nn.torch_ops.convolution import conv2d
from nn.torch_ops.dropouts import dropout
from nn.torch_ops.loss.mse import mse_loss
from nn.torch_ops.matrix_product import linear
from nn.torch_ops.pooling import avg_pool2d, max_pool2d
from nn.torch_ops.softmaxes import log_softmax, softmax


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
    Dropout,
    Softmax,
    LogSoftmax,
    MSELoss,
)
LAYERS = {layer.__base__: layer for layer in _ALL}
