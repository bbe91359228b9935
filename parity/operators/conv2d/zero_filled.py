"""Where an input gradient may be NaN because a kernel multiplies outputs that do not exist.

Pixel (h, w) gets w[k, c, r, s] times the output at p = (h + padding - r * dilation) / stride, and q
likewise. Where the stride does not divide that, or p is outside, no such output exists: PyTorch and
"direct" add nothing. A kernel that takes it for 0 multiplies 0 by the weight, which is NaN where
the weight is infinite or NaN, or rounds to infinity in TF32, and only there.
"""

import numpy as np

from crosscheck.kernels.convolution import problem
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import tensor_core

SKIPPING = ("direct",)


def zero_filled(algorithm: str, inputs: Arrays, options: Options) -> Arrays:
    """Return where each result may be NaN, by name: see `Operator`."""
    asked = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
    shape, weight = inputs["input"].shape, inputs["weight"]
    this = problem.create("conv2d", ("input.shape", shape), ("weight.shape", weight.shape), **asked)
    found = may_be_nan(algorithm, this, weight)
    return {} if found is None else {"input_gradient": np.broadcast_to(found, shape)}


def may_be_nan(algorithm: str, this: Problem, weight: np.ndarray) -> np.ndarray | None:
    """Return where an image's gradient may be NaN, (c, h, w), or None for nowhere."""
    in_tf32 = algorithm in tensor_core.NAMES
    special = ~np.isfinite(tensor_core.rounded_up(weight) if in_tf32 else weight)
    if algorithm in SKIPPING or not special.any():
        return None
    rows = _exists(this.h, this.r, this.corner[0], this.stride[0], this.dilation[0], this.p)
    columns = _exists(this.w, this.s, this.corner[1], this.stride[1], this.dilation[1], this.q)
    missing = ~(rows[:, None, :, None] & columns[None, :, None, :])  # (h, w, r, s)
    of_group = special.reshape(this.groups, this.filters, this.channels, this.r, this.s).any(1)
    meets = np.einsum("gcrs,hwrs->gchw", of_group.astype(int), missing.astype(int)) > 0
    return meets.reshape(this.c, this.h, this.w)


def _exists(
    pixels: int, taps: int, padding: int, stride: int, dilation: int, outputs: int
) -> np.ndarray:
    """Return (pixels, taps): whether the output exists that has the pixel under the tap."""
    start = np.arange(pixels)[:, None] + padding - np.arange(taps) * dilation
    return (start % stride == 0) & (start >= 0) & (start // stride < outputs)
