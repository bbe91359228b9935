"""A case in one dtype, its arrays placed on a device, for every direction and algorithm to read."""

import zlib
from collections.abc import Mapping

import numpy as np

from crosscheck.kernels.dtypes import is_floating
from crosscheck.parity.case import Case
from crosscheck.parity.expected import Data, Expected
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placement import PlacedArray, strides_of

MIXED = ("contiguous", "strided", "channels_last", "reversed", "transposed")


class PlacedCase:
    """`real` and `integer` are the placed tensors by name; `integer` is {} if there are none."""

    def __init__(self, case: Case, expected: Expected, dtype: str, device: str) -> None:
        self.case, self.expected, self.dtype, self.device = case, expected, dtype, device
        self.operator = OPERATORS[case.op]
        self.real = self._place(expected.real)
        self.integer = self._place(expected.integer) if expected.integer else {}

    def output(self, result: str, pattern: int) -> PlacedArray:
        """Return a poisoned array to write one of the results to."""
        exact = self.expected.real.exact[result]
        return self._placed(result, exact, filled=False, pattern=pattern)

    def changed_inputs(self) -> list[str]:
        """Return the names of the tensors that a kernel has changed, and restore them."""
        both: tuple[Mapping[str, PlacedArray], ...] = (self.real, self.integer)
        return [name for tensors in both for name, each in tensors.items() if each.restore()]

    def _place(self, data: Data) -> dict[str, PlacedArray]:
        placed = {}
        for name, values in data.tensors.items():
            placed[name] = self._placed(name, values)
            if not placed[name].holds(values):  # a given array whose elements share memory
                strides = strides_of("strided", values.shape)
                placed[name] = self._placed(name, values, strides=strides)
        return placed

    def _placed(
        self,
        name: str,
        like: np.ndarray,
        filled: bool = True,
        pattern: int = 0,
        strides: tuple[int, ...] | None = None,
    ) -> PlacedArray:
        dtype = self.dtype if is_floating(like.dtype) else like.dtype
        strides = strides or self._strides(name, like.shape)
        values = like if filled else None
        return PlacedArray(like.shape, dtype, strides, self.device, values, pattern)

    def _strides(self, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.case.layout == "mixed":
            number = zlib.crc32(f"{name}/{self.case.seed}".encode())
            return strides_of(MIXED[number % len(MIXED)], shape)
        if self.case.layout != "given":
            return strides_of(self.case.layout, shape)
        given = self.case.inputs.get(name)
        if given is None:  # not an input: it gets gaps where an input has them
            packed = all(each.flags.c_contiguous for each in self.case.inputs.values())
            return strides_of("contiguous" if packed else "strided", shape)
        return tuple(step // given.itemsize for step in given.strides)
