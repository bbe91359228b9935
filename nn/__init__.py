"""PyTorch's way of writing, on Crosscheck's kernels: tensors, a tape, functions and modules."""

from nn import functional, init, modules, optim
from nn.modules import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    CrossEntropyLoss,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Module,
    MSELoss,
    Parameter,
    ReLU,
    Sequential,
    Softmax,
)
from nn.operators import flatten
from nn.random import manual_seed
from nn.serialization import load, save
from nn.tape import no_grad
from nn.tensor import Tensor, tensor

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
    "Tensor",
    "flatten",
    "functional",
    "init",
    "load",
    "manual_seed",
    "modules",
    "no_grad",
    "optim",
    "save",
    "tensor",
]
