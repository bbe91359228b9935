"""Views of arrays of one shape with as few axes as their strides allow, so that kernels need four.

Axes of one element say nothing and are dropped; two neighbours become one where every array steps
through them evenly. What is broadcast steps by 0, and merges like everything else.
"""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array, empty, namespace

RANK = 4


def merge(
    shape: Sequence[int], strides: Sequence[Sequence[int]]
) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """Return (shape, strides of each array) with every axis dropped or merged that can be."""
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


class MergedAxes:
    """Gives a kernel `inputs` and `out` as arrays of four axes of one shape.

    The inputs must broadcast to the shape of `out`. Axes run in the memory order of `out`. Arrays
    that no four axes can describe are copied, once; `finish` then brings the result to `out`.
    """

    def __init__(self, out: Array, *inputs: Array):
        self.target = out
        wide = [namespace(out).broadcast_to(each, out.shape) for each in inputs]
        axes = sorted(range(out.ndim), key=lambda axis: -abs(out.strides[axis]))
        views = [each.transpose(axes) for each in (out, *wide)]
        shape, strides = merge(views[0].shape, [each.strides for each in views])
        self.copied = len(shape) > RANK
        if self.copied:
            dense = namespace(out).ascontiguousarray
            views = [empty(views[0].shape, out.dtype, out), *map(dense, views[1:])]
            self.result, self.order = views[0], axes
            shape, strides = merge(views[0].shape, [each.strides for each in views])
        pairs = zip(views, strides, strict=True)
        self.out, *self.inputs = (strided(each, shape, steps, RANK) for each, steps in pairs)

    def finish(self) -> None:
        """Bring the result to `out`, where it is not already."""
        if self.copied:
            self.target.transpose(self.order)[...] = self.result
