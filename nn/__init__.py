"""PyTorch's way of writing, on Crosscheck's kernels: tensors, a tape, and `nn.functional`."""

from nn import functional, optim
from nn.operators import flatten
from nn.random import manual_seed
from nn.tensor import Tensor, no_grad, tensor

__all__ = ["Tensor", "flatten", "functional", "manual_seed", "no_grad", "optim", "tensor"]
