"""numba.cuda.deviceufunc: how a generalized ufunc loops over its arguments.

    engine = GUFuncEngine.from_signature("(m,n),(n)->(m)")
    engine.schedule(((100, 4, 5), (5,))).loopdims  # (100,): the second argument is pinned

The letters name the last axes, which one call sees. The axes before them are looped over; such an
axis has the same size in all arguments that have it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from numba.np.ufunc.sigparse import parse_signature

Shape = tuple[int, ...]


@dataclass(frozen=True)
class GUFuncSchedule:
    """A plan of calls. A pinned argument is the same in every call."""

    ishapes: list[Shape]  # of each argument, in one call
    oshapes: list[Shape]  # of each output, in one call
    loopdims: Shape
    pinned: list[bool]

    @cached_property
    def loopn(self) -> int:
        """How many calls there are."""
        return math.prod(self.loopdims)

    @property
    def output_shapes(self) -> list[Shape]:
        """The shapes of the whole outputs."""
        return [self.loopdims + shape for shape in self.oshapes]


@dataclass(frozen=True)
class GUFuncEngine:
    """A signature: the letters of the axes of each input and output."""

    sin: list[tuple[str, ...]]
    sout: list[tuple[str, ...]]

    @classmethod
    def from_signature(cls, signature: str) -> "GUFuncEngine":
        """Read a signature like (m,n),(n)->(m)."""
        return cls(*parse_signature(signature))

    nin = property(lambda self: len(self.sin))
    nout = property(lambda self: len(self.sout))

    def schedule(self, ishapes: Sequence[Shape]) -> GUFuncSchedule:
        """Plan the calls for inputs of these shapes.

        Raises TypeError for another number of inputs, ValueError for shapes that do not fit.
        """
        if len(ishapes) != self.nin:
            raise TypeError(f"invalid number of input argument: {len(ishapes)}; not {self.nin}")
        extents: dict[str, int] = {}
        outer, inner = [], []
        for number, (shape, axes) in enumerate(zip(ishapes, self.sin, strict=True), 1):
            split = len(shape) - len(axes)
            if split < 0:
                raise ValueError(f"arg #{number}: insufficient inner dimension")
            for place, (letter, extent) in enumerate(zip(axes, shape[split:], strict=True), split):
                if extents.setdefault(letter, extent) != extent:
                    raise ValueError(f"arg #{number}: shape[{place}] mismatch argument")
            outer.append(shape[:split])
            inner.append(shape[split:])
        loop = max(outer, key=math.prod)
        for number, shape in enumerate(outer, 1):
            if shape not in (loop, (), (1,)):
                raise ValueError(f"arg #{number}: outer dimension mismatch")
        outputs = [tuple(extents[axis] for axis in axes) for axes in self.sout]
        return GUFuncSchedule(inner, outputs, loop, [shape != loop for shape in outer])
