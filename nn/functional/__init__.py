"""The operators of `torch.nn.functional`, with its names, signatures and defaults.

Each runs kernels forward and hands `record` one derivative for every input that can have one.
Inputs are tensors of one dtype and device; what PyTorch rejects raises before anything is launched.
"""

from nn.functional.activation import relu
from nn.functional.convolution import conv2d
from nn.functional.dropout import dropout
from nn.functional.linear import linear
from nn.functional.loss import cross_entropy, mse_loss
from nn.functional.normalization import batch_norm
from nn.functional.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d
from nn.functional.softmax import log_softmax, softmax

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "cross_entropy",
    "dropout",
    "linear",
    "log_softmax",
    "max_pool2d",
    "mse_loss",
    "relu",
    "softmax",
]
