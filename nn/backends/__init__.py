"""`torch.backends`: `fp32_precision` says what float32 is multiplied in (precision.py)."""

from crosscheck.nn.backends import cuda, cudnn, precision

__all__ = ["cuda", "cudnn"]

precision.of_module(__name__, precision.EVERYTHING, "fp32_precision")
