"""Faults in average pooling: what the sum is divided by, and its windows."""

from crosscheck.parity.faults.plant import Fault

AVERAGE = "crosscheck.kernels.pooling.avg_pool2d"
GEOMETRY = "crosscheck.kernels.pooling.geometry"
PIXELS = "crosscheck.kernels.pooling.pixels"
VECTORIZED = "crosscheck.kernels.pooling.avg_vectorized"

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
        GEOMETRY,
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
    Fault(
        "the gradient's divisor is that of another window",
        VECTORIZED,
        "unravel(i // inner, P, Q)[1:]",
        "unravel(i, P, Q)[1:]",
        "avg_pool2d",
        "exclude-padding-quads",
    ),
    Fault(
        "the gradient of images does not divide",
        VECTORIZED,
        "quotients[i] = dy[i] / divisor(p, q, *how, H, W, include_pad, override, negative)",
        "quotients[i] = dy[i]",
        "avg_pool2d",
        "padding",
    ),
    Fault(
        "the last row of windows is not gathered",
        VECTORIZED,
        "for p in range(p_begin, p_end):\n            row =",
        "for p in range(p_begin, max(p_end, index(1)) - 1):\n            row =",
        "avg_pool2d",
        "halves",
    ),
    Fault(
        "the fourth channel of a quad has the third's pixels",
        VECTORIZED,
        "total[3] + values[3]",
        "total[3] + values[2]",
        "avg_pool2d",
        "quads-of-channels",
    ),
    Fault(
        "quads of channels overlap",
        PIXELS,
        "* K + k) * 4",
        "* K) * 4 + k",
        "avg_pool2d",
        "quads-of-channels",
    ),
    Fault(
        "the last column of windows is not gathered for a quad",
        VECTORIZED,
        "for q in range(q_begin, q_end):\n                total = add(total, load_quad(quotients",
        "for q in range(q_begin, max(q_end, index(1)) - 1):\n"
        "                total = add(total, load_quad(quotients",
        "avg_pool2d",
        "quads-of-channels",
        algorithm="vectorized",
    ),
)
