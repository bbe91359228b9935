"""Faults in depthwise convolution: its tables, its columns and its sums of weight gradients."""

from crosscheck.parity.faults.plant import Fault

COLUMNS = "crosscheck.kernels.convolution.columns"
STRIPS = "crosscheck.kernels.convolution.strips"
WEIGHT_COLUMNS = "crosscheck.kernels.convolution.weight_columns"

FAULTS = (
    Fault(
        "a row's bit is that of the row above",
        STRIPS,
        "top[..., None] + rows * each.dilation",
        "top[..., None] + (rows - 1) * each.dilation",
        "conv2d",
        "depthwise-strips",
    ),
    Fault(
        "a strip stores rows that another one has",
        STRIPS,
        "np.minimum(each.extent - p, shape.rows)",
        "np.minimum(each.extent, shape.rows) + 0 * p",
        "conv2d",
        "depthwise-strips",
    ),
    Fault(
        "outputs a dilation apart begin at the same pixel",
        STRIPS,
        "corner - i * stride,",
        "corner,",
        "conv2d",
        "depthwise-dilated",
    ),
    Fault(
        "a lattice without taps is left out",
        STRIPS,
        "    for each in vertical:\n        p = ",
        "    for each in (e for e in vertical if e.taps):\n        p = ",
        "conv2d",
        "depthwise-sparse",
    ),
    Fault(
        "a tap that a lattice does not have counts",
        COLUMNS,
        "if WHOLE or rows & (1 << r) != 0:",
        "if WHOLE or rows != -1:",
        "conv2d",
        "depthwise-strided",
    ),
    Fault(
        "a tap that a lattice does not have is a zero, and multiplies infinity",
        COLUMNS,
        "if WHOLE or rows & (1 << r) != 0:  # a missing tap meets no infinite pixel\n"
        "                        weight = ",
        "if True:\n                        weight = real((rows >> r) & 1) * ",
        "conv2d",
        "depthwise-strided grad_output inf",
    ),
    Fault(
        "columns outside the image are read",
        COLUMNS,
        "seen -= inside",
        "seen -= 0",
        "conv2d",
        "depthwise-strips",
    ),
    Fault(
        "the second piece of a filter's columns is left out",
        COLUMNS,
        "for j in range(pieces[1]):",
        "for j in range(index(1)):",
        "conv2d",
        "depthwise-tall",
    ),
    Fault(
        "filter k reads channel k, however many filters a channel has",
        COLUMNS,
        "channel = k // m",
        "channel = k % m",
        "conv2d",
        "multiplier-2",
    ),
    Fault(
        "the input gradient sees the first filter of a channel only",
        COLUMNS,
        "                    w_at += ws[1]\n",
        "",
        "conv2d",
        "depthwise-strided",
    ),
    Fault(
        "outputs that do not exist are zeros, and multiply infinity",
        WEIGHT_COLUMNS,
        "if outputs & (1 << i) != 0:  # an output",
        "if outputs != -1:  # an output",
        "conv2d",
        "depthwise-strided input inf",
    ),
    Fault(
        "every part sums the positions of the first",
        WEIGHT_COLUMNS,
        "position = part * share + t // LANES",
        "position = t // LANES",
        "conv2d",
        "depthwise-many-positions",
    ),
    Fault(
        "a part forgets its last position",
        WEIGHT_COLUMNS,
        "range(t // LANES, share, WALKERS)",
        "range(t // LANES, share - 1, WALKERS)",
        "conv2d",
        "depthwise-strips",
    ),
    Fault(
        "the tree stops a level early",
        WEIGHT_COLUMNS,
        "while half >= LANES:",
        "while half > LANES:",
        "conv2d",
        "depthwise-channels-last",
    ),
    Fault(
        "the barrier before the tree is missing",
        WEIGHT_COLUMNS,
        "        cuda.syncthreads()  # every sum is there before the tree reads it\n",
        "",
        "conv2d",
        "depthwise-many-positions",
    ),
    Fault(
        "the power of two in a stride is not shifted out",
        "crosscheck.kernels.exact_division",
        "(x >> shift)",
        "x",
        "conv2d",
        "stride-2",
    ),
)
