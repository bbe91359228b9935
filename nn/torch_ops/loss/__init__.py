"""Losses, of elements and of classes."""

# ruff: noqa: F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn.torch_ops.loss.cross_entropy import *
from crosscheck.nn.torch_ops.loss.nll_loss import *
from crosscheck.nn.torch_ops.loss.pointwise import *
