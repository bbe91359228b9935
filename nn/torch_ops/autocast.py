"""torch.autocast: the dtype that an operator of ours computes in, by PyTorch's own lists.

The lists are those of `nn.autocast`. Operators in none take what they are given, as PyTorch's do: a
batch_norm of 16-bit images with float32 weights mixes the two.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NoReturn

import torch
from torch import Tensor
from torch.library import Library

from crosscheck.kernels.arguments import reject
from crosscheck.nn.amp.lists import FLOAT32, REFUSED, SHORTER

_KEYS = {"cpu": "AutocastCPU", "cuda": "AutocastCUDA"}


def listed(op: str, device: str) -> torch.dtype | None:
    """Return what autocast makes of the operator's arguments there, None for what they are."""
    name = "pad reflect" if op == "pad" else op  # one operator for all modes
    if name in SHORTER.get(device, ()):
        return torch.get_autocast_dtype(device)
    return torch.float32 if name in FLOAT32.get(device, ()) else None


def common_dtype(op: str, tensor: Tensor) -> torch.dtype:
    """Return the dtype in which the operator gets the tensor. Autocast leaves float64 alone."""
    device = tensor.device.type
    changes = tensor.is_floating_point() and tensor.dtype != torch.float64
    found = listed(op, device) if changes and torch.is_autocast_enabled(device) else None
    return found or tensor.dtype


def untouched(input: Tensor) -> AbstractContextManager:
    """Return a context where operators take the dtype they are given, whichever list has them."""
    device = input.device.type
    if torch.is_autocast_enabled(device):
        return torch.autocast(device, enabled=False)
    return nullcontext()


def register(library: Library, op: str, call: Callable[..., Any]) -> None:
    """Have `call`, the operator `op` of the library, follow the lists of all devices."""
    for device, key in _KEYS.items():
        if op in REFUSED[device]:
            library.impl(op, partial(_refuse, op), key)
        elif listed(op, device):
            library.impl(op, _casting(op, call, device, key), key, with_keyset=True)


def _refuse(op: str, *_: Any) -> NoReturn:
    expected = f"False: {op}_with_logits may be called under it"
    reject(op, "torch.is_autocast_enabled", True, expected, RuntimeError)


def _casting(op: str, call: Callable[..., Any], device: str, key: str) -> Callable[..., Any]:
    without = torch._C.DispatchKeySet(getattr(torch._C.DispatchKey, key))

    def run(_: Any, *arguments: Any) -> Any:
        cast = [_cast(op, each, device) for each in arguments]
        with torch._C._ExcludeDispatchKeyGuard(without):
            return call(*cast)

    return run


def _cast(op: str, value: Any, device: str) -> Any:
    if not isinstance(value, Tensor) or value.device.type != device:
        return value
    dtype = common_dtype(op, value)
    if value.dtype == dtype:
        return value
    if device == "cuda" and value.is_leaf and value.requires_grad:
        value = _cached(value)
    return value.to(dtype)


def _cached(weight: Tensor) -> Tensor:
    """Return the weight as PyTorch cast it before in this region of autocast.

    The cache has no interface. But einsum takes its arguments from there, on CUDA, and one that
    sums nothing is a view of them.
    """
    return torch.einsum("...", weight)
