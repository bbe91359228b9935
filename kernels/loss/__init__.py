"""Losses: `mse_loss` and `cross_entropy` in this package."""

from crosscheck.kernels.loss import cross_entropy, mse_loss

__all__ = ["cross_entropy", "mse_loss"]
