"""Crosscheck's kernels inside PyTorch: operators, layers, and `replace` for whole models.

    from crosscheck.nn import torch_ops

    y = torch_ops.conv2d(x, w, b, padding=1)     # torch.nn.functional's names, on torch tensors
    print(torch_ops.replace(model))              # layers that have a kernel now use it
    print(torch_ops.report(model))               # later: which left a call to PyTorch, and why

The operators are `crosscheck::conv2d` and so on. They share the tensors' memory, on the CPU and,
with CuPy, on CUDA, there on PyTorch's current stream. They work under autograd (first derivatives
by our own gradient kernels, those of any higher order by them and by PyTorch's arithmetic),
torch.compile without graph breaks, autocast (by PyTorch's lists) and DistributedDataParallel. They
take the floating dtypes float16, bfloat16, float32 and float64, and compute in float32 what has 16
bits. torch.vmap runs one once for each entry. Of PyTorch's limits for custom operators:
torch.func.grad refuses them, and derivatives in forward mode (torch.func.jvp) take them for
constants. Layers have no such limits: where an operator cannot compute, PyTorch does (see
`fall_back`). Tested with PyTorch 2.13; the rest of `nn` does not need PyTorch.

To add an operator of kernels: `Operators(...)`, the derivatives of its gradients, its function and
its layer, in one file. `activation.py` is the smallest.
"""

# ruff: noqa: F401, F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn.torch_ops import flops, fusion, modules
from crosscheck.nn.torch_ops.modules import *
from crosscheck.nn.torch_ops.replacement import Layer, Replacement, replace, report
