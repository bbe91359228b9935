"""Activations: functions of one element at a time. `kernels.activation.relu`."""

from kernels.activation import relu

__all__ = ["relu"]
