"""Faults where the implicit GEMM moves four channels at once, in NHWC."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"

FAULTS = (
    Fault(
        "a quad of channels begins a channel late",
        f"{CONVOLUTION}.lookup",
        "table[:, ::width]",
        "table[:, width // 4 :: width]",
        "conv2d",
        "quads",
    ),
    Fault(
        "quads are looked up in the order of one channel a load",
        f"{CONVOLUTION}.lookup",
        "if width == 1:",
        "if width != 0:",
        "conv2d",
        "quads",
    ),
    Fault(
        "two channels pass for a quad",
        f"{CONVOLUTION}.layout",
        "channels % width == 0",
        "channels % (width // 2) == 0",
        "conv2d",
        "channels_last-groups",
    ),
    Fault(
        "the channels of a quad go to each other's rows",
        f"{CONVOLUTION}.blocked",
        "lane] = staged[i]",
        "lane] = staged[i ^ 1]",
        "conv2d",
        "quads",
    ),
    Fault(
        "the copies of a quad all bring its first channel",
        f"{CONVOLUTION}.pipelined",
        "lane, x, source + j, inside",
        "lane, x, source, inside",
        "conv2d",
        "quads",
    ),
    Fault(
        "a quad of outputs is stored over its neighbour",
        f"{CONVOLUTION}.epilogue",
        "np.int64(to) + 16 * i",
        "np.int64(to) + 12 * i",
        "conv2d",
        "quads",
    ),
    Fault(
        "a group's quads are its neighbour's",
        f"{CONVOLUTION}.weight_gemm",
        "filters[i] = group * ys[0] +",
        "filters[i] =",
        "conv2d",
        "quads-groups",
    ),
    Fault(
        "the weight gradient takes quads of columns for rows of the filter",
        f"{CONVOLUTION}.weight_gemm_launch",
        "else (0, 2, 3, 1)",
        "else (0, 3, 2, 1)",
        "conv2d",
        "quads",
    ),
)
