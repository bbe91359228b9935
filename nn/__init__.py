"""PyTorch's API on Crosscheck's kernels: tensors, autograd, functions, modules, optimizers."""

from crosscheck.nn import functional, init, modules, optim
from crosscheck.nn.modules import (
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
from crosscheck.nn.operators import flatten
from crosscheck.nn.random import manual_seed
from crosscheck.nn.serialization import load, save
from crosscheck.nn.tape import no_grad
from crosscheck.nn.tensor import Tensor, tensor

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
