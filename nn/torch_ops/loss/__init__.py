"""Losses: `mse_loss` and `cross_entropy` in this package."""
