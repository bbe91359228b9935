"""Arrays as kernels walk them: folded to few dimensions, or with axes merged.

Views wherever the strides allow it, else one copy made by the array library; `Views.finish` copies
a kernel's result to where it belongs.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from crosscheck.kernels.arrays import Array, empty, namespace

RANK = 4  # of the arrays that a kernel for any strides walks

Shape = tuple[int, ...]


def around(shape: Shape, axis: int) -> tuple[int, int, int]:
    """Return the (outer, axis, inner) extents of a shape, everything before and after multiplied.

    A shape without dimensions counts as one element.
    """
    if not shape:
        return 1, 1, 1
    return prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :])


def batch(size: Sequence[int]) -> Shape:
    """Return the size of images (n, c, h, w) or (c, h, w) as that of a batch."""
    return tuple(size) if len(size) == 4 else (1, *size)


def merge(shape: Sequence[int], strides: Sequence[Sequence[int]]) -> tuple[Shape, list[Shape]]:
    """Return (shape, strides of each array) with every axis dropped or merged that can be.

    Axes of one element say nothing and are dropped; two neighbours become one where every array
    steps through them evenly. What is broadcast steps by 0, and merges like everything else.
    Arrays without elements have one axis.
    """
    if 0 in shape:
        return (0,), [(0,) for _ in strides]
    kept: list[int] = []
    steps: list[list[int]] = [[] for _ in strides]
    for axis, extent in enumerate(shape):
        if extent == 1:
            continue
        here = [each[axis] for each in strides]
        even = [step[-1] == own * extent for step, own in zip(steps, here, strict=True) if step]
        if kept and all(even):
            kept[-1] *= extent
            for step, own in zip(steps, here, strict=True):
                step[-1] = own
        else:
            kept.append(extent)
            for step, own in zip(steps, here, strict=True):
                step.append(own)
    return tuple(kept), [tuple(step) for step in steps]


def strided(array: Array, shape: Sequence[int], strides: Sequence[int], rank: int) -> Array:
    """Return the array's memory seen with this shape and strides, led by axes of one element."""
    lead = (rank - len(shape)) * (1,)
    steps = (rank - len(shape)) * (0,)
    as_strided = namespace(array).lib.stride_tricks.as_strided
    return as_strided(array, (*lead, *shape), (*steps, *strides))


def _dense(*arrays: Array) -> bool:
    return all(each.flags.c_contiguous for each in arrays)


class Views:
    """An output `out`, and the `inputs` that it is computed from, as a kernel walks them.

    Made by `folded` or `merged`. Call `finish` once the kernel has written `out`.
    """

    def __init__(self, out: Array, inputs: Sequence[Array], result: Array, target: Array):
        self.out, self.inputs = out, list(inputs)
        self._result, self._target = result, target  # one and the same where `out` is a view

    @classmethod
    def folded(cls, target: Array, shape: Shape) -> "Views":
        """Return an output as an array of `shape`, with the elements in row-major order."""
        out = target.reshape(shape)
        if target.size == 0 or namespace(target).may_share_memory(out, target):
            return cls(out, (), target, target)
        out = empty(shape, target.dtype, target)
        return cls(out, (), out.reshape(target.shape), target)

    @classmethod
    def merged(cls, target: Array, *inputs: Array, rank: int = RANK) -> "Views":
        """Return arrays of one shape of `rank` axes, walked in the memory order of the output.

        The inputs must broadcast to the shape of the output. Where so few axes do not describe the
        arrays, those that are not dense in that order are copied.
        """
        row = (*(rank - 1) * (1,), target.size)
        if _dense(target, *inputs) and all(each.shape == target.shape for each in inputs):
            return cls(target.reshape(row), [each.reshape(row) for each in inputs], target, target)
        library = namespace(target)
        axes = sorted(range(target.ndim), key=lambda axis: -abs(target.strides[axis]))
        wide = (
            each if each.shape == target.shape else library.broadcast_to(each, target.shape)
            for each in inputs
        )
        target, *views = (each.transpose(axes) for each in (target, *wide))
        out = target
        if not _dense(out, *views):
            shape, strides = merge(out.shape, [each.strides for each in (out, *views)])
            if len(shape) <= rank:
                arrays = zip((out, *views), strides, strict=True)
                out, *views = (strided(each, shape, steps, rank) for each, steps in arrays)
                return cls(out, views, target, target)
            out = out if _dense(out) else empty(out.shape, out.dtype, out)
            views = [library.ascontiguousarray(each) for each in views]
        return cls(out.reshape(row), [each.reshape(row) for each in views], out, target)

    def finish(self) -> None:
        """Copy the result to the output, unless it is there already."""
        if self._result is not self._target:
            self._target[...] = self._result


def launch_merged(kernel: Any, out: Array, *inputs: Array, options: Sequence[Any] = ()) -> None:
    """Launch a kernel of (*inputs, out, *options) on merged arrays, a thread for each output."""
    views = Views.merged(out, *inputs)
    kernel.forall(out.size)(*views.inputs, views.out, *options)
    views.finish()
