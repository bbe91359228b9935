"""Arrays in guarded memory, in any layout, on either device.

Each array is a view into a flat buffer whose other elements hold a poison pattern: those before it,
behind it and, in strided layouts, in its gaps. Around inputs the poison is NaN, so that a read
outside the array shows in the result. Outputs start as poison themselves, so that an element that
was never written shows, and a write outside the array, too.
"""

import sys

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import bfloat16

GUARD = 64  # elements in front and behind: a multiple of every alignment a kernel may ask for

# Two patterns for each dtype: what was never written differs between them. Floats: a quiet NaN with
# an unusual payload, and a large finite number, which of 16 bits a result may be by accident.
# Integers: larger than any index. Booleans: bytes that no boolean has.
POISON = {
    np.dtype(np.float32): (0x7FE5A5A5, 0x7149F2CA),
    np.dtype(np.float64): (0x7FFCA5A5A5A5A5A5, 0x46293E5939A08CEA),
    np.dtype(np.float16): (0x7FA5, 0x7B29),
    bfloat16: (0x7FE5, 0x7149),
    np.dtype(np.int64): (0x2DA5A5A5A5A5A5A5, 0xA5A5A5A5A5A5A5A5),
    np.dtype(np.bool_): (0xA5, 0x5A),
}


def strides_of(layout: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides, in elements, of an array of `shape` in `layout`."""
    if layout == "strided":  # gaps everywhere: one element more per dimension, and every second one
        padded = [extent + 1 for extent in shape]
        return tuple(2 * stride for stride in _row_major(padded))
    if layout == "channels_last" and len(shape) in (3, 4):
        *batch, channels, height, width = shape
        n, h, w, c = _row_major([*(batch or [1]), height, width, channels])
        return (n, c, h, w)[-len(shape) :]
    if layout == "transposed":  # the first axis runs fastest
        return _row_major(shape[::-1])[::-1]
    packed = _row_major(shape)
    return tuple(-stride for stride in packed) if layout == "reversed" else packed


def _row_major(shape: tuple[int, ...] | list[int]) -> tuple[int, ...]:
    strides, step = [], 1
    for extent in reversed(shape):
        strides.append(step)
        step *= max(extent, 1)
    return tuple(reversed(strides))


class PlacedArray:
    """An array of `shape` inside a poisoned buffer; kernels get its attribute `array`.

    `strides` count elements. `values` fills the array; without it the array is poisoned, too.
    `pattern` (0 or 1) chooses the poison. `device` is "cpu" or "cuda".
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype | str,
        strides: tuple[int, ...],
        device: str = "cpu",
        values: np.ndarray | None = None,
        pattern: int = 0,
    ) -> None:
        self.shape, self.dtype = tuple(shape), np.dtype(dtype)
        spans = [(extent - 1) * stride for extent, stride in zip(shape, strides, strict=True)]
        empty = 0 in self.shape
        below = 0 if empty else -sum(span for span in spans if span < 0)
        above = 0 if empty else sum(span for span in spans if span > 0)
        self._offset = (GUARD + below) * self.dtype.itemsize
        self._strides = tuple(stride * self.dtype.itemsize for stride in strides)
        self._words = np.dtype(f"u{self.dtype.itemsize}")
        self._poison = POISON[self.dtype][pattern]
        self._base = np.full(below + above + 1 + 2 * GUARD, self._poison, self._words)
        if values is not None:
            self._view(self._base)[...] = values
        self._pristine = self._base.copy()
        self._device_base = None
        if device == "cpu":
            self.array: Array = self._view(self._base)
        else:
            self._to_cuda()

    def holds(self, values: np.ndarray) -> bool:
        """Return whether the array equals `values`: not where strides let elements overlap."""
        return np.array_equal(self._view(self._pristine), values, equal_nan=True)

    def restore(self) -> bool:
        """Return whether any bit of the buffer has changed since it was placed, and restore it."""
        if np.array_equal(self._fetch(), self._pristine):
            return False
        self._base[...] = self._pristine
        if self._device_base is not None:
            self._device_base.set(self._base)
        return True

    def collect(self) -> tuple[np.ndarray, int, int]:
        """Return (a copy of the array, elements never written, elements written outside it).

        For outputs, and only once: it poisons the array again to find what else has changed.
        """
        base = self._fetch()
        words = self._view(base, self._words)
        values = words.copy(order="C").view(self.dtype)
        unwritten = int(np.count_nonzero(words == self._poison))
        words[...] = self._poison
        outside = int(np.count_nonzero(base != self._poison))
        return values, unwritten, outside

    def _view(self, base: np.ndarray, dtype: np.dtype | None = None) -> np.ndarray:
        return np.ndarray(self.shape, dtype or self.dtype, base, self._offset, self._strides)

    def _fetch(self) -> np.ndarray:
        return self._base if self._device_base is None else self._device_base.get()

    def _to_cuda(self) -> None:
        import cupy  # only where there is a GPU

        self._device_base = cupy.asarray(self._base)
        pointer = self._device_base.data + self._offset
        self.array = cupy.ndarray(self.shape, self.dtype, pointer, self._strides)


def to_device(array: np.ndarray, device: str) -> Array:
    """Return a NumPy array of any dtype as an array of `device`."""
    if device == "cpu":
        return array
    import cupy  # only where there is a GPU

    return cupy.asarray(array)


def to_host(array: Array) -> np.ndarray:
    """Return the array as NumPy."""
    return array if isinstance(array, np.ndarray) else array.get()


def synchronize(device: str) -> None:
    """Wait until the device has finished, so that the time taken next is right."""
    if device == "cuda":
        sys.modules["cupy"].cuda.get_current_stream().synchronize()
