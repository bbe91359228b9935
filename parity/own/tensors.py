"""Arrays lent to PyTorch: the same memory, on CuPy's stream. It imports torch."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import torch

from crosscheck.kernels import arrays
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.dtypes import bfloat16
from crosscheck.parity import torch_switches


def lent(name: str, value: Any) -> Any:
    """Return a NumPy or CuPy array as a tensor that shares its memory, anything else as it is.

    Raises `Unsupported` for an array with a negative stride, which no tensor has. CuPy's arrays:
    not run on a GPU.
    """
    device = arrays.device(value)
    if device is None:
        return value
    if min(value.strides, default=0) < 0:
        raise Unsupported(f"{name} has a negative stride, which PyTorch has not")
    if device == "cpu" and value.dtype == bfloat16:  # which PyTorch does not take from NumPy
        return torch.from_numpy(value.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(value) if device == "cpu" else torch.as_tensor(value, device="cuda")


@contextmanager
def as_usual(device: str) -> Iterator[None]:
    """Let PyTorch inside be as a program finds it, and on CuPy's stream, in the kernels' order.

    That is with oneDNN, which reference.py switches off for the exact results. CuPy's stream: not
    run on a GPU.
    """
    stream = nullcontext()
    if device == "cuda":
        import cupy  # only where there is a GPU

        own = cupy.cuda.get_current_stream().ptr
        stream = torch.cuda.stream(torch.cuda.ExternalStream(own)) if own else stream
    with stream, torch_switches.switched(onednn=True):
        yield


@contextmanager
def as_kernels(device: str) -> Iterator[None]:
    """As `as_usual`, and without a tape: a direction is computed, not recorded."""
    with as_usual(device), torch.no_grad():
        yield
