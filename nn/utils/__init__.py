"""`torch.utils`: `nn.data` under PyTorch's name for it, `utils.data`."""

import sys

from crosscheck.nn import data

sys.modules[f"{__name__}.data"] = data  # for `from crosscheck.nn.utils.data import DataLoader`
