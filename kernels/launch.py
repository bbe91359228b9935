"""One kernel source, two devices: `@kernel` compiles for the device of the arrays it is given.

    from crosscheck.kernels.launch import cuda, index, kernel, real

    @kernel
    def scale(x, y):
        i = index(cuda.grid(1))
        if i < index(x.shape[0]):
            y[i] = x[i] * real(2)

    scale[blocks, threads](x, y)     # NumPy arrays: the CPU device; CuPy arrays: the GPU
    scale.forall(x.size)(x, y)       # as many blocks as x.size threads need

`real` and `index` are launch types: a kernel is compiled once for each meaning they take.
`real` is the dtype of the launch's floating arrays, float32 or float64. Beside float32 there may be
one of 16 bits, float16 or bfloat16: its elements are read as float32 and rounded where they are
written (`kernels.storage_type`), and `real` is float32. `index` is an unsigned
integer of 32 bits. It has 64 bits when an array or the grid's x axis counts 2^31 or more, or when
an integer argument is that large. Python's integers are passed as `index`, its floats as `real`.

What enters a kernel otherwise is converted once: `index(cuda.grid(1))`, `index(x.shape[0])`,
`real(2)`. From there on `p * stride[0] - corner[0]` is index arithmetic, without a cast
(`kernels.index_type`). So one source serves both precisions and both sizes, with no 64-bit
arithmetic where 32 bits do. numba alone would promote integers to int64 and literals to float64.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from crosscheck.kernels import arrays, gpu
from crosscheck.kernels.cpu import jit as cpu_jit
from crosscheck.kernels.device_function import DeviceFunction, index, real, specialise
from crosscheck.kernels.dtypes import is_floating, real_of
from crosscheck.kernels.gpu import cuda
from crosscheck.kernels.index_type import NUMBERS
from crosscheck.kernels.kinds import Remembered
from crosscheck.kernels.launch_key import is_fixed, key_of
from crosscheck.kernels.launch_modes import debugged, is_wide, sanitized, wide_index
from crosscheck.kernels.storage_type import ELEMENTS

__all__ = [
    "cuda",
    "debugged",
    "device_function",
    "index",
    "kernel",
    "real",
    "sanitized",
    "wide_index",
]

_WIDE = 2**31
_INTEGERS = (int, np.integer)


class Kernel:
    """A kernel for both devices: `kernel[grid, block, stream, shared_bytes](*arguments)`.

    Arguments are arrays, integers, floats, booleans, NumPy numbers (they keep their type), and
    tuples of numbers. On the GPU a launch goes to CuPy's current stream unless one is given, and
    returns at once; on the CPU it returns when done.
    Raises ValueError for arrays of two devices, and TypeError for two floating dtypes but float32
    and one of 16 bits.
    """

    def __init__(
        self,
        py_func: Callable,
        launch_bounds: tuple[int, int] | None = None,
        only_on: tuple[int, int] | None = None,
    ) -> None:
        self.py_func = py_func
        self.launch_bounds, self.only_on = launch_bounds, only_on
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self._variants: dict[tuple, Any] = {}
        self._prepared = Remembered()

    def __getitem__(self, configuration: tuple) -> Callable[..., None]:
        return partial(self._launch, configuration)

    def _launch(self, configuration: tuple, *arguments: Any) -> None:
        key = key_of(configuration, arguments)
        launch = self._prepared.get(key)
        if launch is None:
            launch = self._prepare(configuration, arguments)
            if key is not None:
                self._prepared[key] = launch
        launch(arguments, configuration[2] if len(configuration) > 2 else None)

    def _prepare(self, configuration: tuple, arguments: tuple) -> Callable[[Sequence, Any], None]:
        """Return launch(arguments, stream) for all arguments of these kinds."""
        device, real_type, index_type = self._meaning(configuration, arguments)
        own, converted = self.specialize(configuration, arguments)
        fixed = [i for i, value in enumerate(arguments) if is_fixed(value)]
        arrays_at = [i for i, value in enumerate(arguments) if arrays.device(value)]
        numbers = [i for i in range(len(arguments)) if i not in fixed and i not in arrays_at]
        if device == "cuda":
            start, fixed = own.prepare(configuration, converted, numbers), []
        else:
            configured = own[configuration]
            start = lambda given, stream: configured(*given)  # noqa: E731
        if not numbers and not fixed:
            return start
        constants = [(i, converted[i]) for i in fixed]
        plain = [i for i in numbers if _has_plain_numbers(arguments[i])]
        if not plain and not constants:
            return start

        def launch(given: Sequence, stream: Any) -> None:
            given = list(given)
            for i, value in constants:
                given[i] = value
            for i in plain:
                given[i] = self._convert(i, given[i], real_type, index_type)
            start(given, stream)

        return launch

    def specialize(self, configuration: tuple, arguments: tuple) -> tuple[Any, tuple]:
        """Return the device's own kernel for such a launch, and the arguments as it takes them."""
        device, real_type, index_type = self._meaning(configuration, arguments)
        converted = (
            self._convert(number, value, real_type, index_type)
            for number, value in enumerate(arguments)
        )
        return self.variant(device, real_type, index_type), tuple(converted)

    def forall(self, count: int, block: int = 256) -> Callable[..., None]:
        """Return a 1-D launch of at least `count` threads; 0 launches nothing.

        The last block may be larger than what is left: the kernel guards its own bound. Raises
        ValueError for a negative count or a block of no threads.
        """
        if count < 0 or block < 1:
            expected = "a count of at least 0 and a block of at least 1"
            raise ValueError(f"{self.__name__}: forall({count}, {block}); expected {expected}")
        if count == 0:
            return lambda *arguments: None
        return self[-(-count // block), block]

    def rename(self, name: str) -> None:
        """Give the kernel another name, which messages and inspect use."""
        self.__name__ = self.py_func.__name__ = self.py_func.__qualname__ = name

    def forget(self) -> None:
        """Drop what was compiled: for whoever changes the kernel's code."""
        self._variants.clear()
        self._prepared.clear()

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the device's own kernel for one meaning of `real` and `index`."""
        key = device, real_type, index_type
        if key not in self._variants:
            own = specialise(self.py_func, device, real_type, index_type)
            if device == "cpu":
                made = cpu_jit(own, elements=ELEMENTS)
            else:
                made = gpu.Kernel(own, self.launch_bounds, self.only_on)
            self._variants.setdefault(key, made)  # another thread may have been first
        return self._variants[key]

    def _meaning(self, configuration: Any, arguments: tuple) -> tuple[str, type, type]:
        """Return the device of the arrays, and what `real` and `index` mean for them."""
        devices, reals, wide = set(), set(), is_wide() or _threads(configuration) >= _WIDE
        for value in _leaves(arguments):
            device = arrays.device(value)
            if device is None:
                wide = wide or (type(value) is int and value >= _WIDE)
                continue
            devices.add(device)
            wide = wide or value.size >= _WIDE
            if is_floating(value.dtype):
                reals.add(value.dtype.type)
        if len(devices) != 1:
            found = " and ".join(sorted(devices)) or "none"
            raise ValueError(f"{self.__name__}: devices of the arrays are {found}; expected one")
        real_type = real_of(reals)
        if real_type is None:
            found = " and ".join(sorted(dtype.__name__ for dtype in reals))
            expected = "one, or float32 and one of 16 bits"
            raise TypeError(
                f"{self.__name__}: dtypes of the arrays are {found}; expected {expected}"
            )
        return devices.pop(), real_type, np.uint64 if wide else np.uint32

    def _convert(self, number: int, value: Any, real_type: type, index_type: type) -> Any:
        """Turn Python's integers and floats into the launch's types; leave everything else."""
        if isinstance(value, tuple):
            return tuple(self._convert(number, item, real_type, index_type) for item in value)
        if isinstance(value, float):
            return real_type(value)
        if type(value) is not int:  # a bool; or a NumPy number, whose type was chosen
            return value
        if not 0 <= value < 2**64:
            expected = "an integer of at least 0 and below 2^64: it is passed as `index`"
            raise ValueError(f"{self.__name__}: argument {number} is {value}; expected {expected}")
        return NUMBERS[index_type](value)


def _has_plain_numbers(value: Any) -> bool:
    """Return whether something of Python's own is to be converted for each launch."""
    return any(isinstance(each, int | float) for each in _leaves((value,)))


def _leaves(values: tuple) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _leaves(value)
        else:
            yield value


def _threads(configuration: Any) -> int:
    """Return how many threads the x axis of a launch has; a bad launch is refused later."""
    if not isinstance(configuration, tuple):
        return 0
    sides = (side if isinstance(side, (tuple, list)) else (side,) for side in configuration[:2])
    return math.prod(side[0] for side in sides if side and isinstance(side[0], _INTEGERS))


def kernel(
    py_func: Callable | None = None,
    *,
    launch_bounds: tuple[int, int] | None = None,
    only_on: tuple[int, int] | None = None,
) -> Any:
    """Make a kernel of a function written in numba.cuda's Python: `@kernel`, `@kernel(...)`.

    launch_bounds   (threads of a block, blocks on an SM): on a GPU, how few registers a thread may
                    take so that this many blocks fit; no launch has more threads
    only_on         the one compute capability that has its instructions; the CPU device has not
    """
    options = {"launch_bounds": launch_bounds, "only_on": only_on}
    return Kernel(py_func, **options) if py_func else partial(kernel, **options)


def device_function(py_func: Callable) -> DeviceFunction:
    """Make a function that kernels call."""
    return DeviceFunction(py_func)
