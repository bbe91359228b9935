"""Switches of cuDNN, which computes nothing here: scripts may set them.

`fp32_precision` and `allow_tf32` say what convolutions multiply float32 in, here as there. The
kernels give the same bits in every run; `kernels.tune` is what chooses among algorithms.
"""

from crosscheck.nn.backends import precision
from crosscheck.nn.backends.precision import CONV as conv  # noqa: F401, N811

benchmark = False
deterministic = True
enabled = True

precision.of_module(__name__, precision.CUDNN, "fp32_precision", "allow_tf32")
