"""A case in one dtype, its arrays placed on one device, ready for every direction and algorithm."""

from collections.abc import Mapping

import numpy as np

from crosscheck.parity.case import Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placement import Placed, strides_of
from crosscheck.parity.truth import Leg, Truth


class Subject:
    """`real` and `integer` hold the placed arrays of the two legs; the second may be empty."""

    def __init__(self, case: Case, truth: Truth, dtype: str, device: str) -> None:
        self.case, self.truth, self.dtype, self.device = case, truth, dtype, device
        self.operator = OPERATORS[case.op]
        self.real = self._place(truth.real)
        self.integer = self._place(truth.integer) if truth.integer else {}

    def output(self, result: str, pattern: int) -> Placed:
        """Return a poisoned place for one of the reference's results."""
        exact = self.truth.real.exact[result]
        return self._placed(result, exact, filled=False, pattern=pattern)

    def inputs_changed(self) -> list[str]:
        """Return the names of the arrays that are no longer what was placed; puts them back."""
        legs: tuple[Mapping[str, Placed], ...] = (self.real, self.integer)
        return [name for leg in legs for name, placed in leg.items() if placed.changed()]

    def _place(self, leg: Leg) -> dict[str, Placed]:
        placed = {}
        for name, values in leg.tensors.items():
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
    ) -> Placed:
        dtype = self.dtype if like.dtype.kind == "f" else like.dtype
        strides = strides or self._strides(name, like.shape)
        values = like if filled else None
        return Placed(like.shape, dtype, strides, self.device, values, pattern)

    def _strides(self, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.case.layout != "given":
            return strides_of(self.case.layout, shape)
        given = self.case.inputs.get(name)
        if given is None:  # beside an input with gaps, everything else has gaps, too
            packed = all(each.flags.c_contiguous for each in self.case.inputs.values())
            return strides_of("contiguous" if packed else "strided", shape)
        return tuple(step // given.itemsize for step in given.strides)
