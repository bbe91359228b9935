"""Faults in the ReLU at the end of each convolution."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"
BIAS = "    if bias.shape[0] != 0:\n        acc += bias[k]\n"
RELU = "    acc = at_least(acc, floor)\n"
LAUNCH = f"{CONVOLUTION}.implicit_gemm_launch"

FAULTS = (
    Fault(
        "ReLU comes before the bias",
        f"{CONVOLUTION}.direct",
        f"{BIAS}    return at_least(acc, floor)\n",
        f"{RELU}{BIAS}    return acc\n",
        "conv2d_relu",
        "filter-3x3",
        algorithm="direct",
    ),
    Fault(
        "ReLU depends on the bias",
        f"{CONVOLUTION}.tiled_forward",
        "        y[n, k, p, q] = at_least(acc, floor)",
        "        y[n, k, p, q] = at_least(acc, floor) if bias.shape[0] != 0 else acc",
        "conv2d_relu",
        "no-bias",
        algorithm="tiled",
    ),
    Fault(
        "one output of a column is rectified",
        f"{CONVOLUTION}.columns",
        "at_least(acc[i], real(0)) if RELU else",
        "at_least(acc[i], real(0)) if RELU and i == 0 else",
        "conv2d_relu",
        "depthwise",
        algorithm="depthwise",
    ),
    Fault(
        "the last of a quad of positions is not rectified",
        f"{CONVOLUTION}.epilogue",
        "for of in range(4):\n                acc[i, j + of] = at_least",
        "for of in range(3):\n                acc[i, j + of] = at_least",
        "conv2d_relu",
        "filter-1x1",
        algorithm="blocked",
    ),
    Fault(
        "each part of a sum is rectified",
        LAUNCH,
        "if problem.relu and direct else",
        "if problem.relu else",
        "conv2d_relu",
        "split-sum",
        algorithm="blocked",
    ),
    Fault(
        "the sum of parts is not rectified",
        LAUNCH,
        "add_parts(y, target, problem.floor)",
        "add_parts(y, target)",
        "conv2d_relu",
        "split-sum",
        algorithm="blocked",
    ),
)
