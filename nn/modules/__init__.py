"""The modules of `torch.nn`, with its names, arguments, defaults and initial distributions."""

from crosscheck.nn.modules.activation import ReLU, Softmax
from crosscheck.nn.modules.container import Sequential
from crosscheck.nn.modules.convolution import Conv2d
from crosscheck.nn.modules.dropout import Dropout
from crosscheck.nn.modules.flatten import Flatten
from crosscheck.nn.modules.linear import Linear
from crosscheck.nn.modules.loss import CrossEntropyLoss, MSELoss
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.normalization import BatchNorm2d
from crosscheck.nn.modules.parameter import Parameter
from crosscheck.nn.modules.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d

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
