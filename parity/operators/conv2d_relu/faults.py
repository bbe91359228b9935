"""Faults in the ReLU at the end of each convolution."""

from crosscheck.parity.faults.plant import Fault

CONVOLUTION = "crosscheck.kernels.convolution"
BIAS = "    if bias.shape[0] != 0:\n        acc += bias[k]\n"
RELU = "    if relu:\n        acc = rectified(acc)\n"
LAUNCH = f"{CONVOLUTION}.implicit_gemm_launch"

FAULTS = (
    Fault(
        "ReLU comes before the bias",
        f"{CONVOLUTION}.direct",
        f"{BIAS}{RELU}",
        f"{RELU}{BIAS}",
        "conv2d_relu",
        "filter-3x3",
    ),
    Fault(
        "ReLU depends on the bias",
        f"{CONVOLUTION}.tiled_forward",
        "        if relu:\n",
        "        if relu and bias.shape[0] != 0:\n",
        "conv2d_relu",
        "no-bias",
    ),
    Fault(
        "one output of a column is rectified",
        f"{CONVOLUTION}.columns",
        "acc[i] = rectified(acc[i])",
        "acc[0] = rectified(acc[0])",
        "conv2d_relu",
        "depthwise",
    ),
    Fault(
        "the last of a quad of positions is not rectified",
        f"{CONVOLUTION}.epilogue",
        "for of in range(4):\n                acc[i, j + of] = rect",
        "for of in range(3):\n                acc[i, j + of] = rect",
        "conv2d_relu",
        "several-tiles",
    ),
    Fault(
        "each part of a sum is rectified",
        LAUNCH,
        "relu = problem.relu and parts == 1",
        "relu = problem.relu",
        "conv2d_relu",
        "split-sum",
    ),
    Fault(
        "the sum of parts is not rectified",
        LAUNCH,
        "add_parts(y, target, problem.relu)",
        "add_parts(y, target)",
        "conv2d_relu",
        "split-sum",
    ),
)
