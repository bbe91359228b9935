"""The dtypes of tensors that kernels take. See `kernels.dtypes`, which has the arrays'."""

import numpy as np
import torch

from crosscheck.kernels import dtypes

FLOATING = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
OF_ARRAYS = {
    np.dtype(np.int64): torch.int64,
    np.dtype(np.uint8): torch.uint8,
    np.dtype(np.float16): torch.float16,
    dtypes.bfloat16: torch.bfloat16,
    np.dtype(np.float32): torch.float32,
    np.dtype(np.float64): torch.float64,
}


def computed(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype in which kernels compute what they read from tensors of this one."""
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype
