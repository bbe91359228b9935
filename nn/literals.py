"""Arrays of Python's numbers, with the dtypes that PyTorch gives them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import is_floating

_DTYPES = {bool: np.dtype(bool), int: np.dtype(np.int64), float: np.dtype(np.float32)}
_CATEGORIES = {"b": 0, "i": 1, "u": 1, "f": 2}  # by the kind of a dtype; the highest wins


def _category(dtype: np.dtype) -> int | None:
    """Return how high a dtype counts, None for one that is not of numbers."""
    return _CATEGORIES["f"] if is_floating(dtype) else _CATEGORIES.get(dtype.kind)


def array_of(op: str, name: str, data: Any) -> np.ndarray:
    """Return a new array of a number, or of nested sequences of numbers and NumPy arrays.

    Python's numbers become bool, int64 or float32; NumPy's keep their dtype. Among several dtypes
    those of the highest category count: a float beats every integer. No number at all is float32.
    Raises TypeError for anything else, ValueError for sequences of different lengths and for an
    integer of more than 64 bits.
    """
    dtypes = set(_dtypes(op, name, data)) or {_DTYPES[float]}
    highest = max(map(_category, dtypes))
    dtype = np.result_type(*(each for each in dtypes if _category(each) == highest))
    try:
        return np.array(data, dtype)
    except OverflowError:
        reject(op, name, data, f"numbers that {dtype.name} can represent")
    except ValueError:
        reject(op, name, data, "nested sequences of the same lengths")


def _dtypes(op: str, name: str, data: Any) -> Iterator[np.dtype]:
    """Yield the dtype of every number. Raises TypeError for what is none."""
    if isinstance(data, (np.generic, np.ndarray)) and _category(data.dtype) is not None:
        yield data.dtype
    elif type(data) in _DTYPES:
        yield _DTYPES[type(data)]
    elif isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        for number, item in enumerate(data):
            yield from _dtypes(op, f"{name}[{number}]", item)
    else:
        expected = "a NumPy or CuPy array, a number, or nested sequences of numbers"
        reject(op, name, type(data).__name__, expected, TypeError)
