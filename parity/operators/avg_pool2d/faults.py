"""Faults in average pooling: what the sum is divided by, and its windows."""

from crosscheck.parity.faults.plant import Fault

AVERAGE = "crosscheck.kernels.pooling.avg_pool2d"
GEOMETRY = "crosscheck.kernels.pooling.geometry"

FAULTS = (
    Fault(
        "the divisor counts the whole window at ceil_mode's border",
        GEOMETRY,
        "return min(span, left)",
        "return span",
        "avg_pool2d",
        "ceil",
    ),
    Fault(
        "count_include_pad is inverted",
        AVERAGE,
        "    if include_pad:",
        "    if not include_pad:",
        "avg_pool2d",
        "padding",
    ),
    Fault(
        "divisor_override is ignored in the gradient",
        AVERAGE,
        "p, q, window, stride, padding, H, W, include_pad, override, negative\n                )",
        "p, q, window, stride, padding, H, W, include_pad, index(0), negative\n                )",
        "avg_pool2d",
        "divisor-1",
    ),
    Fault(
        "the average sums one row too few",
        GEOMETRY,
        "end = start + min(span, left) - padding",
        "end = start + min(span, left) - padding - 1",
        "avg_pool2d",
        "halves",
    ),
    Fault(
        "a zero divisor is accepted",
        AVERAGE,
        "if value == 0 or not",
        "if not",
        "avg_pool2d",
        "rejects-divisor-0",
    ),
)
