"""`torch.utils` and `torch.nn.utils`: `nn.data` under PyTorch's name for it, `utils.data`."""

import sys

from crosscheck.nn import data
from crosscheck.nn.utils.clip_grad import clip_grad_norm_

sys.modules[f"{__name__}.data"] = data  # for `from crosscheck.nn.utils.data import DataLoader`

__all__ = ["clip_grad_norm_", "data"]
