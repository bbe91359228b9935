"""Padding an image with its own elements: `kernels.padding.forward` and `input_gradient`."""

from crosscheck.kernels.padding.pad import ALGORITHMS, MODES, PAD, forward, input_gradient

__all__ = ["ALGORITHMS", "MODES", "PAD", "forward", "input_gradient"]
