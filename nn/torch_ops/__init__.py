"""Crosscheck's kernels inside PyTorch: operators, layers, and `replace` for whole models.

    from crosscheck.nn import torch_ops

    y = torch_ops.conv2d(x, w, b, padding=1)     # torch.nn.functional's names, on torch tensors
    print(torch_ops.replace(model))              # layers that have a kernel now use it

The operators are `crosscheck::conv2d` and so on. They share the tensors' memory, on the CPU and,
with CuPy, on CUDA, there on PyTorch's current stream. They work under autograd (first derivatives
by our own gradient kernels, those of any higher order by them and by PyTorch's arithmetic),
torch.compile without graph breaks, autocast (in float32) and DistributedDataParallel. They take
float32 and float64. torch.vmap runs one once for each entry. Of PyTorch's limits for custom
operators: torch.func.grad refuses them, and derivatives in forward mode (torch.func.jvp) take them
for constants. Tested with PyTorch 2.13; the rest of `nn` does not need PyTorch.

To add an operator: its rule for the outputs under `@operator`, its `register_autograd`, its
function, and its layer in `modules.py`, as in `activation.py`, the smallest.
"""

from crosscheck.nn.torch_ops import modules
from crosscheck.nn.torch_ops.activation import relu
from crosscheck.nn.torch_ops.adaptive_pooling import adaptive_avg_pool2d
from crosscheck.nn.torch_ops.convolution import conv2d
from crosscheck.nn.torch_ops.dropouts import dropout
from crosscheck.nn.torch_ops.loss.cross_entropy import cross_entropy
from crosscheck.nn.torch_ops.loss.mse_loss import mse_loss
from crosscheck.nn.torch_ops.matrix_product import linear
from crosscheck.nn.torch_ops.normalization import batch_norm
from crosscheck.nn.torch_ops.pooling import avg_pool2d, max_pool2d
from crosscheck.nn.torch_ops.replacement import Layer, Replacement, replace
from crosscheck.nn.torch_ops.softmaxes import log_softmax, softmax

__all__ = [
    "Layer",
    "Replacement",
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "cross_entropy",
    "dropout",
    "linear",
    "log_softmax",
    "max_pool2d",
    "modules",
    "mse_loss",
    "relu",
    "replace",
    "softmax",
]
