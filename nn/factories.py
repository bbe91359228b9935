"""New tensors: of numbers, of zeros and ones, random, of a range, or of an array.

`nn.manual_seed` determines the random ones; they are not the numbers that PyTorch draws from the
same seed. Random numbers are drawn by NumPy, for a GPU, too.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise.unary import number
from crosscheck.nn import literals, random
from crosscheck.nn.devices import moved
from crosscheck.nn.dtypes import numeric
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor, tensor
from crosscheck.nn.views import Shape, sizes

Make = Callable[[tuple[int, ...]], np.ndarray]


def _made(
    op: str, values: Any, dtype: Any = np.float32, device: Any = None, requires_grad: bool = False
) -> Tensor:
    array = np.asarray(values, np.float32 if dtype is None else numeric(op, dtype))
    return tensor(moved(op, array, device), requires_grad)


def _filled_with(name: str, make: Make, doc: str) -> tuple[Callable[..., Tensor], ...]:
    """Return the function of a size, and the one of a tensor that it is to be like."""

    def of_size(
        *size: Shape, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        return _made(name, make(sizes(name, "size", size)), dtype, device, requires_grad)

    def like(
        input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        x = array_of(f"{name}_like", "input", input)
        dtype, device = dtype or x.dtype, device or input.device
        return _made(f"{name}_like", make(x.shape), dtype, device, requires_grad)

    of_size.__name__, like.__name__ = name, f"{name}_like"
    of_size.__doc__ = f"{doc}: of this size, by default float32 on the CPU."
    like.__doc__ = f"{doc}: of the input's size, dtype and device unless others are given."
    return public(of_size), public(like)


def _random(method: str) -> Make:
    return lambda size: getattr(random.generator(), method)(size=size)


zeros, zeros_like = _filled_with("zeros", np.zeros, "Zeros")
ones, ones_like = _filled_with("ones", np.ones, "Ones")
empty, empty_like = _filled_with("empty", np.zeros, "Zeros, where PyTorch leaves memory as it is")
rand, rand_like = _filled_with("rand", _random("random"), "Random, uniform on [0, 1)")
randn, randn_like = _filled_with("randn", _random("standard_normal"), "Random, of the normal kind")


@public
def full(
    size: Shape,
    fill_value: float,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number everywhere; its own dtype, as `nn.tensor`, unless one is given."""
    number("full", "fill_value", fill_value)
    if dtype is None:
        dtype = literals.array_of("full", "fill_value", fill_value).dtype
    array = np.full(sizes("full", "size", (size,)), fill_value, numeric("full", dtype))
    return _made("full", array, array.dtype, device, requires_grad)


@public
def full_like(input: Tensor, fill_value: float, *, dtype: Any = None, device: Any = None) -> Tensor:
    """One number everywhere, in the input's size and, unless others are given, dtype and device."""
    x = array_of("full_like", "input", input)
    return full(x.shape, fill_value, dtype=dtype or x.dtype, device=device or input.device)


@public
def arange(
    start: float,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from start (by default 0) to below end: int64 of integers, else float32."""
    begin, end = (0, start) if end is None else (start, end)
    for name, each in (("start", begin), ("end", end), ("step", step)):
        number("arange", name, each)
    if step == 0 or (end - begin) * step < 0:
        reject("arange", "step", step, f"one that leads from {begin} to {end}")
    integers = all(isinstance(each, (int, np.integer)) for each in (begin, end, step))
    dtype = dtype or (np.int64 if integers else np.float32)
    return _made("arange", np.arange(begin, end, step), dtype, device, requires_grad)


@public
def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """So many numbers from start to end, evenly apart."""
    start, end = number("linspace", "start", start), number("linspace", "end", end)
    steps = integer("linspace", "steps", steps, 0)
    return _made("linspace", np.linspace(start, end, steps), dtype, device, requires_grad)


@public
def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The identity matrix, (n, n) or cut to (n, m)."""
    columns = None if m is None else integer("eye", "m", m, 0)
    return _made("eye", np.eye(integer("eye", "n", n, 0), columns), dtype, device)


@public
def randint(
    low: int, high: int | Shape, size: Shape | None = None, *, dtype: Any = None, device: Any = None
) -> Tensor:
    """Random integers from low (by default 0) to below high: int64 unless a dtype is given."""
    if size is None:
        low, high, size = 0, low, high
    low, high = integer("randint", "low", low), integer("randint", "high", high)
    if low >= high:
        reject("randint", "high", high, f"an integer above low, {low}")
    drawn = random.generator().integers(low, high, sizes("randint", "size", (size,)))
    return _made("randint", drawn, dtype or np.int64, device)


@public
def randperm(n: int, *, device: Any = None) -> Tensor:
    """The integers below n in a random order: int64."""
    drawn = random.generator().permutation(integer("randperm", "n", n, 0))
    return _made("randperm", drawn, np.int64, device)


@public
def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the array's memory. Raises TypeError for anything but NumPy's."""
    if not isinstance(ndarray, np.ndarray):
        reject("from_numpy", "ndarray", type(ndarray).__name__, "a NumPy array", TypeError)
    return tensor(ndarray)
