"""Losses: `mse` and `cross_entropy` in this package."""
