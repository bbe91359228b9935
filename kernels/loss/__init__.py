"""Losses: `mse` and `cross_entropy` in this package."""

from crosscheck.kernels.loss import cross_entropy, mse

__all__ = ["cross_entropy", "mse"]
