"""cuda.reduce: the reduction of an array by an associative function of two elements.

Each thread reduces a stretch of the array, then one thread reduces their results. The order of the
elements is kept, so the function need not be commutative. Two runs give the same bits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...language.namespace import cuda
from ...launch.decorator import jit
from ..cudadrv.devicearray import auto_device
from ..cudadrv.memory import DeviceMemory

_STRETCHES = 1024


class Reduce:
    """A reduction: `Reduce(lambda a, b: a + b)(array)`. Compiled once for each dtype."""

    def __init__(self, functor: Callable) -> None:
        combine = functor if hasattr(functor, "py_func") else jit(functor, device=True)

        @jit
        def stretches(array, out):
            i = cuda.grid(1)
            if i < out.size:
                begin, end = i * array.size // out.size, (i + 1) * array.size // out.size
                value = array[begin]
                for place in range(begin + 1, end):
                    value = combine(value, array[place])
                out[i] = value

        @jit
        def total(parts, init, out):
            value = init[0]
            for i in range(parts.size):
                value = combine(value, parts[i])
            out[0] = value

        self._stretches, self._total = stretches, total

    def __call__(
        self,
        arr: Any,
        size: int | None = None,
        res: DeviceMemory | None = None,
        init: Any = 0,
        stream: Any = 0,
    ) -> Any:
        """Reduce `init` and the first `size` elements of a 1-D array.

        Returns the result, `init` for an empty array, or None if the result is written to res[0].
        Raises TypeError for an array of another rank.
        """
        if arr.ndim != 1:
            raise TypeError("only support 1D array")
        first = np.array([init], arr.dtype)
        array, _ = auto_device(arr[:size])
        if not array.size:
            return first[0]
        parts = np.empty(min(array.size, _STRETCHES), arr.dtype)
        out = np.empty(1, arr.dtype) if res is None else res
        self._stretches.forall(parts.size, stream=stream)(array, parts)
        self._total[1, 1, stream](parts, first, out)
        return out[0] if res is None else None
