"""PyTorch's API on Crosscheck's kernels: tensors, autograd, functions, modules, optimizers."""

# ruff: noqa: F401, F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn import functional, init, modules, optim
from crosscheck.nn.elementwise import *
from crosscheck.nn.fusion import fuse
from crosscheck.nn.modules import *
from crosscheck.nn.operators import flatten, neg
from crosscheck.nn.random import manual_seed
from crosscheck.nn.serialization import load, save
from crosscheck.nn.tape import no_grad
from crosscheck.nn.tensor import Tensor, tensor
