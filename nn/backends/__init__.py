"""`torch.backends`: switches that scripts set, and that choose nothing here."""

from crosscheck.nn.backends import cudnn

__all__ = ["cudnn"]
