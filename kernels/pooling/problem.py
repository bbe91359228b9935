"""What a pooling call asks for, once every argument is known to be good.

The checks are those of `torch.nn.functional.max_pool2d` and `avg_pool2d`, all made before anything
is allocated or launched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import pair, rank, reject
from crosscheck.kernels.plan import Size
from crosscheck.kernels.views import batch

LARGEST = 2**31 - 1  # PyTorch holds these arguments in a C int


@dataclass(frozen=True)
class Problem:
    """(n, c, h, w) in, (n, c, p, q) out, one window of r by s taps for each output."""

    input_size: tuple[int, int, int, int]
    window: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    ceil_mode: bool

    @property
    def span(self) -> tuple[int, int]:
        """Rows and columns from the first tap of a window to its last, both included."""
        return tuple(d * (r - 1) + 1 for r, d in zip(self.window, self.dilation, strict=True))

    @property
    def output_size(self) -> tuple[int, int, int, int]:
        p, q = (
            _outputs(*axis, self.ceil_mode)
            for axis in zip(self.input_size[2:], self.span, self.stride, self.padding, strict=True)
        )
        return (*self.input_size[:2], p, q)


def create(
    op: str,
    name: str,
    size: Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: int | Sequence[int],
    dilation: int | Sequence[int],
    ceil_mode: bool,
) -> Problem:
    """Return the checked problem for an input of size (n, c, h, w) or, unbatched, (c, h, w).

    `name` is what messages call the size, whose integers may be symbols. `stride` None, or an empty
    sequence, stands for `kernel_size`. Raises ValueError or TypeError for whatever PyTorch rejects.
    """
    rank(op, name, size, (3, 4))
    if 0 in size[-3:]:  # only the batch may be empty
        reject(op, name, tuple(size), "at least 1 channel, row and column")
    n, c, h, w = batch(size)
    window = _pair(op, "kernel_size", kernel_size, 1)
    if stride is None or (isinstance(stride, Sequence) and len(stride) == 0):
        stride = window
    problem = Problem(
        input_size=(n, c, h, w),
        window=window,
        stride=_pair(op, "stride", stride, 1),
        padding=_pair(op, "padding", padding, 0),
        dilation=_pair(op, "dilation", dilation, 1),
        ceil_mode=flag(op, "ceil_mode", ceil_mode),
    )
    if any(pad > r // 2 for pad, r in zip(problem.padding, window, strict=True)):
        reject(op, "padding", problem.padding, f"at most half of kernel_size {window}")
    if any(outputs < 1 for outputs in problem.output_size[2:]):  # min would compare the two axes
        rows, columns = problem.padding
        padded = h + 2 * rows, w + 2 * columns
        dilated = "" if problem.dilation == (1, 1) else f", dilated by {problem.dilation},"
        reject(op, "kernel_size", window, f"a window that{dilated} fits the padded input {padded}")
    return problem


def nonempty_images(op: str, name: str, size: Size) -> None:
    """Require an element along every dimension but the first. Raises ValueError."""
    if 0 in size[1:]:
        reject(op, name, tuple(size), "at least 1 in all dimensions but the first")


def nonempty_planes(op: str, name: str, size: Size) -> None:
    """Require a row and a column of images of this size. Raises ValueError."""
    if 0 in size[-2:]:
        reject(op, name, tuple(size), "at least 1 row and column")


def flag(op: str, name: str, value: Any) -> bool:
    """Return `value` when it is a bool. Raises TypeError."""
    if not isinstance(value, (bool, np.bool_)):
        reject(op, name, value, "True or False", TypeError)
    return bool(value)


def _pair(op: str, name: str, value: Any, minimum: int) -> tuple[int, int]:
    numbers = pair(op, name, value, minimum)
    if max(numbers) > LARGEST:
        reject(op, name, value, f"integers of at most {LARGEST}")
    return numbers


def _outputs(h: int, span: int, stride: int, padding: int, ceil_mode: bool) -> int:
    """Number of windows along one axis: the rule of PyTorch's pooling_output_shape."""
    rounding = stride - 1 if ceil_mode else 0
    p = (h + 2 * padding - span + rounding) // stride + 1
    if ceil_mode and (p - 1) * stride >= h + padding:
        p -= 1  # the last window must start inside the input or the padding before it
    return p
