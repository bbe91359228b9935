"""The modules of `torch.nn`, with its names, arguments, defaults and initial distributions."""

from nn.modules.activation import ReLU, Softmax
from nn.modules.container import Sequential
from nn.modules.convolution import Conv2d
from nn.modules.dropout import Dropout
from nn.modules.flatten import Flatten
from nn.modules.linear import Linear
from nn.modules.loss import CrossEntropyLoss, MSELoss
from nn.modules.module import Module
from nn.modules.normalization import BatchNorm2d
from nn.modules.parameter import Parameter
from nn.modules.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d

__all__ = [
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Linear",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Softmax",
]
