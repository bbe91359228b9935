"""The operators of `torch.nn.functional`, with its names, signatures and defaults.

Each runs kernels forward and hands `record` one derivative for every input that can have one.
Inputs are tensors of one dtype and device; what PyTorch rejects raises before anything is launched.
"""

from nn.functional.activation import relu
from nn.functional.convolution import conv2d
from nn.functional.pooling import avg_pool2d, max_pool2d

__all__ = ["avg_pool2d", "conv2d", "max_pool2d", "relu"]
