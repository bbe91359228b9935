"""Normalisation of activations: `kernels.normalization.batch_norm`."""

from crosscheck.kernels.normalization import batch_norm

__all__ = ["batch_norm"]
