"""Activations: functions of one element at a time. `kernels.activation.relu`."""

from crosscheck.kernels.activation import relu

__all__ = ["relu"]
