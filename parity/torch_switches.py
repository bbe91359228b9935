"""PyTorch's switches that decide how it computes: oneDNN's, and TF32's. It imports torch.

Only the old flags are set: PyTorch raises where they are mixed with `fp32_precision`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_backends = torch.backends


def switch(onednn: bool, tf32: bool) -> None:
    """Switch oneDNN on a CPU, and TF32 in products and convolutions on a GPU, on or off.

    oneDNN's own context manager sets TF32, too, of which PyTorch then warns.
    """
    _set(onednn, tf32, tf32)


@contextmanager
def switched(onednn: bool, tf32: bool = False) -> Iterator[None]:
    """Let PyTorch compute so inside; what was on and off before is so again afterwards."""
    before = (
        _backends.mkldnn.enabled,
        _backends.cuda.matmul.allow_tf32,
        _backends.cudnn.allow_tf32,
    )
    switch(onednn, tf32)
    try:
        yield
    finally:
        _set(*before)


def _set(onednn: bool, products: bool, convolutions: bool) -> None:
    with _backends.__allow_nonbracketed_mutation():  # torch's test modules freeze the flags
        _backends.mkldnn.enabled = onednn
        _backends.cuda.matmul.allow_tf32 = products
        _backends.cudnn.allow_tf32 = convolutions
