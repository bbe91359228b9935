"""Windows of images, tap by tap: what a pool adds up, and what adds up in a pixel's gradient."""

from typing import NamedTuple

import numpy as np

from crosscheck.kernels.pooling.problem import create
from crosscheck.parity.case import Shape
from crosscheck.parity.reference_call import Options


class Pooled(NamedTuple):
    """Windows without padding or dilation; in ceil_mode the last reach over the image's edge."""

    image: tuple[int, int]
    window: tuple[int, int]
    stride: tuple[int, int]
    outputs: tuple[int, int]

    @classmethod
    def of(cls, shape: Shape, options: Options) -> "Pooled":
        """Return those of a pool of images of this shape."""
        stride, ceil_mode = options.get("stride"), options.get("ceil_mode", False)
        made = create("pool", "shape", shape, options["kernel_size"], stride, 0, 1, ceil_mode)
        return cls(tuple(shape[-2:]), made.window, made.stride, made.output_size[2:])

    def taps(self, a: np.ndarray, beyond: float = 0.0) -> np.ndarray:
        """Return (taps, ..., p, q) of images: each window along the first axis."""
        canvas = self._canvas(a.shape[:-2], beyond)
        canvas[..., : self.image[0], : self.image[1]] = a
        return np.stack([canvas[..., rows, columns] for rows, columns in self._places()])

    def spread(self, a: np.ndarray) -> np.ndarray:
        """Return (taps, ..., h, w) of (taps or 1, ..., p, q): what a pixel has of its windows."""
        found, each = [], np.broadcast_to(a, (self.taps_of_window, *a.shape[1:]))
        for values, (rows, columns) in zip(each, self._places(), strict=True):
            canvas = self._canvas(a.shape[1:-2], 0.0)
            canvas[..., rows, columns] = values
            found.append(canvas[..., : self.image[0], : self.image[1]])
        return np.stack(found)

    @property
    def taps_of_window(self) -> int:
        return self.window[0] * self.window[1]

    def taps_inside(self) -> np.ndarray:
        """Return how many taps of each window are in the image, (p, q)."""
        return self.taps(np.ones(self.image)).sum(0)

    def _canvas(self, lead: Shape, beyond: float) -> np.ndarray:
        """Return an image that has all taps of all windows."""
        axes = zip(self.image, self.window, self.stride, self.outputs, strict=True)
        size = (max(h, (p - 1) * step + r) for h, r, step, p in axes)
        return np.full((*lead, *size), beyond)

    def _places(self) -> list[tuple[slice, slice]]:
        """Return where each tap is in the windows."""
        (rows, columns), (down, right), (p, q) = self.window, self.stride, self.outputs
        return [
            (slice(r, r + down * (p - 1) + 1, down), slice(s, s + right * (q - 1) + 1, right))
            for r in range(rows)
            for s in range(columns)
        ]
