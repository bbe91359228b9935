"""The operators of `torch.nn.functional`, with its names, signatures and defaults.

Each runs its kernels and records their gradients on the tape: see `apply`. Inputs are tensors of
one dtype and device; what PyTorch rejects raises before anything is launched.
"""

# ruff: noqa: F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn.functional.activation import *
from crosscheck.nn.functional.convolution import *
from crosscheck.nn.functional.dropout import *
from crosscheck.nn.functional.embedding import *
from crosscheck.nn.functional.linear import *
from crosscheck.nn.functional.loss import *
from crosscheck.nn.functional.normalization import *
from crosscheck.nn.functional.one_hot import *
from crosscheck.nn.functional.padding import *
from crosscheck.nn.functional.pooling import *
from crosscheck.nn.functional.resize import *
from crosscheck.nn.functional.softmax import *
from crosscheck.nn.functional.unfolding import *
