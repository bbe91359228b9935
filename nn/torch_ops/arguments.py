"""What the operators' arguments have in common.

A schema holds integers and lists of integers, and takes True for 1: so these checks come before it.
They read no symbolic integer, which would tie a compiled model to one size. Whatever asks for more
is checked by the kernels' own rules.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from crosscheck.kernels.arguments import reject

Size = int | Sequence[int]


def number(op: str, name: str, value: Any) -> int:
    """Return an integer. Raises TypeError."""
    return _integers(op, name, value, [value])[0]


def numbers(op: str, name: str, value: Any) -> list[int]:
    """Return PyTorch's "a number or a pair" as a list. Raises TypeError."""
    return _integers(op, name, value, value if isinstance(value, (list, tuple)) else [value])


def _integers(op: str, name: str, value: Any, items: Sequence[Any]) -> list[int]:
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (int, torch.SymInt, np.integer)):
            reject(op, name, value, "an integer" if items[0] is value else "integers", TypeError)
    return list(items)


def flag(op: str, name: str, value: Any) -> bool:
    """Return a bool. Raises TypeError."""
    if not isinstance(value, bool):
        reject(op, name, value, "True or False", TypeError)
    return value


def rank(op: str, name: str, size: Sequence[int], ranks: tuple[int, ...]) -> None:
    """Require one of these numbers of dimensions. Raises ValueError."""
    if len(size) not in ranks:
        names = " or ".join(map(str, ranks))
        reject(op, name, tuple(size), f"{names} dimensions")


def warn(message: str, stacklevel: int) -> None:
    """warnings.warn of the calling function, but for torch.compile, whose graph it would break."""
    if not torch.compiler.is_compiling():
        warnings.warn(message, stacklevel=stacklevel + 1)
