"""`torch.backends.cuda`: `matmul` says what linear layers multiply float32 in."""

from crosscheck.nn.backends.precision import MATMUL as matmul  # noqa: F401, N811
