"""Arrays of any rank as one row of elements, so that an elementwise kernel needs no geometry."""

from crosscheck.kernels.arrays import Array, empty, namespace


class Flat:
    """Pairs the elements of arrays of one shape by walking them in the memory order of `out`.

    Arrays that are dense and share that order (C-contiguous, channels_last, any transpose) are
    viewed, not copied. An input in another order is copied once by its array library; so is the
    result when `out` itself has gaps.
    """

    def __init__(self, out: Array):
        axes = sorted(range(out.ndim), key=lambda axis: -out.strides[axis])
        self.axes = axes
        self.out = out.transpose(axes)
        self.dense = self.out.flags.c_contiguous
        row = self.out if self.dense else empty(self.out.shape, out.dtype, out)
        self.row = row.reshape(-1)

    def view(self, array: Array) -> Array:
        """Return the elements of `array` as one contiguous row."""
        return namespace(array).ascontiguousarray(array.transpose(self.axes)).reshape(-1)

    def finish(self) -> None:
        """Bring the row's values to `out`, where they are not already."""
        if not self.dense:
            self.out[...] = self.row.reshape(self.out.shape)
