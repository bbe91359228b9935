"""Images in channels_last whose channels come in quads: rows of (n, h, w, c) in memory.

A thread that takes a quad of channels looks for its window once for four elements, loads 128 bits
at a time, and its neighbours read what lies beside them; `direct` has neighbours along q, which in
channels_last lie c elements apart, and moves 8 times the bytes that it uses.
"""

from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.launch import device_function


def rows_of_pixels(*arrays: Array) -> list[Array] | None:
    """Return arrays (n, c, h, w) of one c as rows of memory.

    None where one is not dense in channels_last, c is no multiple of 4, or one does not begin on 16
    bytes.
    """
    if arrays[0].shape[1] % 4:
        return None
    turned = [each.transpose(0, 2, 3, 1) for each in arrays]
    if not all(each.flags.c_contiguous and begins_on_quad(each) for each in turned):
        return None
    return [each.reshape(-1) for each in turned]


@device_function
def place(n, h, w, k, H, W, K):
    """Return where quad k of pixel (n, h, w) begins, in a row of images (H, W, 4 K)."""
    return (((n * H + h) * W + w) * K + k) * 4
