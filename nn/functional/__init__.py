"""The operators of `torch.nn.functional`, with its names, signatures and defaults.

Each runs kernels forward and hands `record` one derivative for every input that can have one.
Inputs are tensors of one dtype and device; what PyTorch rejects raises before anything is launched.
"""

from crosscheck.nn.functional.activation import relu
from crosscheck.nn.functional.convolution import conv2d
from crosscheck.nn.functional.dropout import dropout
from crosscheck.nn.functional.linear import linear
from crosscheck.nn.functional.loss import cross_entropy, mse_loss
from crosscheck.nn.functional.normalization import batch_norm
from crosscheck.nn.functional.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d
from crosscheck.nn.functional.softmax import log_softmax, softmax

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
