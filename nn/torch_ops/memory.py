"""Tensors lent to kernels: the same memory, on PyTorch's device and stream."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from crosscheck.kernels.dtypes import bfloat16


def launch(kernel: Callable, arguments: Sequence[Any], outs: Mapping[str, Tensor]) -> None:
    """Call `kernel(*arguments, **outs)` with arrays in the place of tensors, copying nothing.

    On CUDA it runs on PyTorch's current stream of the outputs' device and returns at once. PyTorch
    may reuse a tensor's memory after that: it does so in the order of that same stream.
    """
    device = next(iter(outs.values())).device
    if device.type == "cpu":
        kernel(*map(_numpy, arguments), **{name: _numpy(out) for name, out in outs.items()})
        return
    with _current(device):
        kernel(*map(_cupy, arguments), **{name: _cupy(out) for name, out in outs.items()})


def _numpy(value: Any) -> Any:
    """Not by Tensor.numpy(), which forbids for good what FSDP does: to give a storage 0 bytes."""
    return _viewed(np.from_dlpack, value) if isinstance(value, Tensor) else value


def _cupy(value: Any) -> Any:
    """Call inside `_current` alone: CuPy copies what is on another device than its current one.

    A tensor in the computer's own memory stays there, as a NumPy array.
    """
    import cupy  # only where there is a GPU

    if isinstance(value, Tensor) and value.is_cuda:
        return _viewed(cupy.asarray, value)
    return _numpy(value)


def _viewed(as_array: Callable[[Tensor], Any], tensor: Tensor) -> Any:
    """Return the tensor as an array: of bfloat16, which no protocol knows of both, by its bits."""
    tensor = tensor.detach()
    if tensor.dtype == torch.bfloat16:
        return as_array(tensor.view(torch.int16)).view(bfloat16)
    return as_array(tensor)


@contextmanager
def _current(device: torch.device) -> Iterator[None]:
    """Make `device` and PyTorch's stream on it CuPy's, which kernels are launched on."""
    import cupy  # only where there is a GPU

    with cupy.cuda.Device(device.index), _stream(torch.cuda.current_stream(device)):
        yield


@cache
def _stream(stream: torch.cuda.Stream) -> Any:
    """Return CuPy's wrapper of the stream, kept for good.

    A cupy.cuda.Stream may destroy its stream when it goes, and this one belongs to PyTorch. Call
    with the stream's device current.
    """
    import cupy  # only where there is a GPU

    return cupy.cuda.Stream.from_external(stream)
