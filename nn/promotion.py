"""How operands of two dtypes meet: by PyTorch's rules."""

import numbers
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.dtypes import computed, is_floating
from crosscheck.nn import dtypes
from crosscheck.nn.devices import to
from crosscheck.nn.tensor import Tensor

_CATEGORIES = "bif"  # the higher one wins; unsigned integers are integers
_OF_NUMBERS = {"b": np.dtype(bool), "i": np.dtype(np.int64), "f": np.dtype(np.float32)}


def result_type(operands: Iterable[Any]) -> np.dtype:
    """Return the dtype in which tensors and numbers are computed together.

    Tensors with dimensions count most, then those without, then Python's numbers: what counts less
    decides only where it is of a higher category, floating above integers above booleans.
    """
    levels: list[list[np.dtype]] = [[], [], []]
    for each in operands:
        is_tensor = isinstance(each, Tensor)
        level = (0 if each.ndim else 1) if is_tensor else 2
        levels[level].append(each.dtype if is_tensor else _OF_NUMBERS[_category_of(each)])
    found = [reduce(_promoted, level) for level in levels if level]
    return max(found, key=lambda dtype: _CATEGORIES.index(_category(dtype)))


def together(
    *operands: Tensor | float, floating: bool = False, exact: bool = False
) -> list[Tensor]:
    """Return the operands as tensors of their `result_type`; a number is on the tensors' device.

    With `floating`, integers become float32: a quotient is no integer. With `exact`, beside tensors
    of 16 bits that have dimensions, numbers and tensors that have none are float32, in which the
    kernels compute. At least one is a tensor.
    """
    dtype = result_type(operands)
    if floating and not is_floating(dtype):
        dtype = _OF_NUMBERS["f"]
    tensors = [each for each in operands if isinstance(each, Tensor)]
    library = namespace(tensors[0].array)
    exact = exact and any(each.ndim for each in tensors)
    of_numbers = computed(dtype) if exact and is_floating(dtype) else dtype
    return [
        to(each, dtype=dtype if each.ndim else of_numbers)
        if isinstance(each, Tensor)
        else Tensor(library.full((), each, of_numbers))
        for each in operands
    ]


def _promoted(a: np.dtype, b: np.dtype) -> np.dtype:
    if _category(a) != _category(b):
        return max(a, b, key=lambda dtype: _CATEGORIES.index(_category(dtype)))
    if {a, b} == {dtypes.float16, dtypes.bfloat16}:  # neither holds the other
        return dtypes.float32
    return np.promote_types(a, b)


def _category(dtype: np.dtype) -> str:
    return "f" if is_floating(dtype) else "i" if dtype.kind == "u" else dtype.kind


def _category_of(number: Any) -> str:
    if isinstance(number, (bool, np.bool_)):
        return "b"
    return "i" if isinstance(number, numbers.Integral) else "f"
