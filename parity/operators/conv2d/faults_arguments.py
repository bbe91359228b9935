"""Faults in the checks and the arithmetic on convolution's arguments."""

from crosscheck.parity.faults.plant import Fault

ARGUMENTS = "crosscheck.kernels.arguments"
PROBLEM = "crosscheck.kernels.convolution.problem"

FAULTS = (
    Fault(
        "'same' pads an even filter at the start",
        PROBLEM,
        "return rows // 2, rows - rows // 2, columns // 2, columns - columns // 2",
        "return rows - rows // 2, rows // 2, columns - columns // 2, columns // 2",
        "conv2d",
        "same-even",
    ),
    Fault(
        "'same' padding accepts a stride",
        PROBLEM,
        "if stride != (1, 1):",
        "if False:",
        "conv2d",
        "rejects-same-padding-with-stride-2",
    ),
    Fault(
        "groups need not divide the filters",
        PROBLEM,
        "if k % groups:",
        "if False:",
        "conv2d",
        "rejects-groups-that-do-not-divide-the-filters",
    ),
    Fault(
        "negative padding is accepted",
        PROBLEM,
        'whole_pair(op, "padding", padding, 0)',
        'whole_pair(op, "padding", padding, -9)',
        "conv2d",
        "rejects-negative-padding",
    ),
    Fault(
        "stride 0 is accepted",
        PROBLEM,
        'whole_pair(op, "stride", stride, 1)',
        'whole_pair(op, "stride", stride, 0)',
        "conv2d",
        "rejects-stride-0",
    ),
    Fault(
        "a bias of another dtype is accepted",
        ARGUMENTS,
        "if each.dtype not in allowed:",
        "if False:",
        "conv2d",
        "rejects-a-bias-of-another-dtype",
    ),
)
