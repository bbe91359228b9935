"""Losses: `mse_loss` and `cross_entropy` in this package."""

# ruff: noqa: F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn.torch_ops.loss.cross_entropy import *
from crosscheck.nn.torch_ops.loss.mse_loss import *
