"""Arrays of any rank as arrays of the few dimensions that a kernel walks."""

from math import prod

from crosscheck.kernels.arrays import Array, empty, namespace


def folded(array: Array, shape: tuple[int, ...]) -> Array:
    """Return the elements of `array`, in row-major order, as an array of `shape`.

    A view where the strides allow it; else one copy, made by the array library.
    """
    return array.reshape(shape)


class FoldedOutput:
    """An output as an array of `shape`: a kernel fills `array`, then `finish` is called.

    Where the strides of `out` allow no view, `array` is memory of its own and `finish` copies.
    """

    def __init__(self, out: Array, shape: tuple[int, ...]):
        library = namespace(out)
        self.out = out
        self.array = out.reshape(shape)
        self.viewed = out.size == 0 or library.may_share_memory(self.array, out)
        if not self.viewed:
            self.array = empty(shape, out.dtype, out)

    def finish(self) -> None:
        """Bring the values to `out`, where they are not already."""
        if not self.viewed:
            self.out[...] = self.array.reshape(self.out.shape)


def around(shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    """Return the (outer, axis, inner) extents of a shape, everything before and after multiplied.

    A shape without dimensions counts as one element.
    """
    if not shape:
        return 1, 1, 1
    return prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :])
