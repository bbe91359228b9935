"""pixel_unshuffle: the way back from pixel_shuffle, with its kernels (pixel_shuffle.py)."""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.resize.pixel_shuffle import PIXEL_UNSHUFFLE, shuffled, unshuffled

ALGORITHMS = PIXEL_UNSHUFFLE.algorithms


def _forward(op: str, input: Size, downscale_factor: int) -> Plan:
    return unshuffled(op, "input", "downscale_factor", input, downscale_factor)


@PIXEL_UNSHUFFLE.direction(_forward)
def forward(
    input: Array, downscale_factor: int, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return (..., c * f * f, h, w) of input (..., c, h * f, w * f), for f = downscale_factor.

    As torch.nn.functional.pixel_unshuffle, for floating dtypes; in NHWC where the input is.
    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    return PIXEL_UNSHUFFLE.run("forward", algorithm, out, input, downscale_factor)


def _input_gradient(op: str, grad_output: Size, downscale_factor: int) -> Plan:
    return shuffled(op, "grad_output", "downscale_factor", grad_output, downscale_factor)


@PIXEL_UNSHUFFLE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    downscale_factor: int,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: pixel_shuffle of grad_output.

    Raises like `forward`.
    """
    return PIXEL_UNSHUFFLE.run("input_gradient", algorithm, out, grad_output, downscale_factor)
