"""Automatic mixed precision, `torch.amp`: operators in 16 bits where that is enough."""

from crosscheck.nn.amp.casting import autocast, get_autocast_dtype, is_autocast_enabled
from crosscheck.nn.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "get_autocast_dtype", "is_autocast_enabled"]
