"""Arrays as a kernel sees them: elements are the kernel's numbers, and what is stored wraps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .numbers import number


class Array(np.ndarray):
    """A view of an array's memory. `element` makes what is read of an element, if it is another."""

    element: Callable[[Any], Any] | None = None

    def __array_finalize__(self, source: Any) -> None:
        self.element = getattr(source, "element", None)

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        if isinstance(found, np.ndarray):
            return found
        return number(found) if self.element is None else self.element(found)

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


def as_array(array: np.ndarray, element: Callable[[Any], Any] | None = None) -> np.ndarray:
    """Return a kernel's view of an array; `element` is the class of its elements, if another."""
    if array.dtype.names is None:
        view = array.view(Array)
        view.element = element
        return view
    return array.view((np.record, array.dtype)).view(Records)
