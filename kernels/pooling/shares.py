"""The windows of adaptive pooling: rows and columns shared out evenly, and checks of how many."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from crosscheck.kernels.arguments import extent, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import device_function, wide_index
from crosscheck.kernels.pooling.problem import LARGEST


@device_function
def share(i, parts, extent):
    """Return (begin, end) of part i, where `extent` rows are shared out to `parts` windows."""
    before = i * extent
    past = before + extent + parts - 1
    return before // parts, past // parts


def index_for(inside: Array, outside: Array) -> AbstractContextManager[None]:
    """Return a context with 64-bit indices where the products of `share` need them."""
    products = (h * p for h, p in zip(inside.shape[2:], outside.shape[2:], strict=True))
    return wide_index() if max(products) >= 2**31 else nullcontext()


def window_counts(op: str, value: Any, own: tuple[int, int]) -> tuple[int, int]:
    """Return (p, q). PyTorch takes an integer or two entries, and None only as one of two."""
    if not isinstance(value, Sequence):
        extents = 2 * (extent(op, "output_size", value),)
    elif isinstance(value, str) or len(value) != 2:
        reject(op, "output_size", value, "an integer or a pair of integers or None")
    else:
        pairs = zip(value, own, strict=True)
        extents = tuple(h if p is None else extent(op, "output_size", p) for p, h in pairs)
    if any(each > LARGEST for each in extents):  # max would compare the two axes
        reject(op, "output_size", value, f"integers of at most {LARGEST}")
    return extents
