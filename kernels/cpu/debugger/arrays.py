"""Arrays as a kernel sees them: elements are the kernel's numbers, and what is stored wraps."""

from typing import Any

import numpy as np

from .numbers import number


class Array(np.ndarray):
    """A view of an array's memory."""

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return found if isinstance(found, np.ndarray) else number(found)

    def __setitem__(self, index: Any, value: Any) -> None:
        if type(value) is int:  # which NumPy refuses where it does not fit
            value = np.asarray(value).astype(self.dtype)
        super().__setitem__(index, value)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """Return what NumPy computed: a number where NumPy's own arrays give one."""
        return number(array[()]) if return_scalar else array.view(type(self))

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return repr(self.view(np.ndarray))

    def __str__(self) -> str:
        return str(self.view(np.ndarray))


class Records(Array, np.recarray):
    """An array of records: a field is also an attribute, `particles[i].mass`."""

    def __getattribute__(self, name: str) -> Any:
        return np.ndarray.__getattribute__(self, name)


def as_array(array: np.ndarray) -> np.ndarray:
    """Return a kernel's view of an array."""
    if array.dtype.names is None:
        return array.view(Array)
    return array.view((np.record, array.dtype)).view(Records)
