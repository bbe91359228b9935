"""PyTorch's API on Crosscheck's kernels: tensors, autograd, functions, modules, optimizers."""

# ruff: noqa: F401, F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn import functional, init, modules, optim
from crosscheck.nn.fusion import fuse
from crosscheck.nn.model_summary import summary
from crosscheck.nn.modules import *
from crosscheck.nn.operators import flatten
from crosscheck.nn.random import manual_seed
from crosscheck.nn.serialization import load, save
from crosscheck.nn.tape import enable_grad, no_grad
from crosscheck.nn.tensor import Tensor, tensor
