"""torch.autocast for a device that is not there: PyTorch's own wants a GPU for CUDA.

Tensors without memory (FakeTensorMode) do for it, as autocast looks at nothing else.
"""

import contextlib
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def autocast_on(device: str, dtype: torch.dtype) -> Iterator[None]:
    """As torch.autocast(device, dtype), without its check of the device."""
    before = torch.is_autocast_enabled(device), torch.get_autocast_dtype(device)
    torch.set_autocast_enabled(device, True)
    torch.set_autocast_dtype(device, dtype)
    try:
        yield
    finally:
        torch.set_autocast_enabled(device, before[0])
        torch.set_autocast_dtype(device, before[1])
        torch.clear_autocast_cache()
