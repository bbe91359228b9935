"""Faults in average pooling: what the sum is divided by, and its windows."""

from crosscheck.parity.faults.plant import Fault

AVERAGE = "crosscheck.kernels.pooling.avg_pool2d"
GEOMETRY = "crosscheck.kernels.pooling.geometry"
DIVISOR = "crosscheck.kernels.pooling.divisor"
GATHER = "crosscheck.kernels.pooling.gather"
PIXELS = "crosscheck.kernels.pooling.pixels"
SEPARABLE = "crosscheck.kernels.pooling.avg_separable"
VECTORIZED = "crosscheck.kernels.pooling.avg_vectorized"

FAULTS = (
    Fault(
        "the divisor counts the whole window at ceil_mode's border",
        DIVISOR,
        "top + min(window[0], high[0] - top)",
        "top + window[0]",
        "avg_pool2d",
        "ceil",
    ),
    Fault(
        "count_include_pad is inverted",
        DIVISOR,
        "low = (0, 0) if include_pad else",
        "low = (0, 0) if not include_pad else",
        "avg_pool2d",
        "padding",
    ),
    Fault(
        "what counts ends where the padding begins",
        DIVISOR,
        "high = h + rows + beyond[0]",
        "high = h + rows",
        "avg_pool2d",
        "padding",
    ),
    Fault(
        "divisor_override is ignored in the gradient",
        AVERAGE,
        "dy[n, c, p, q] / divisor(p, q, window, stride, counted, sign)",
        "dy[n, c, p, q] / real(window[0] * window[1])",
        "avg_pool2d",
        "divisor-1",
    ),
    Fault(
        "a negative divisor loses its sign",
        DIVISOR,
        "* times + offset) * sign",
        "* times + offset)",
        "avg_pool2d",
        "divisor-negative",
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
        DIVISOR,
        "if value == 0 or not",
        "if not",
        "avg_pool2d",
        "rejects-divisor-0",
    ),
    Fault(
        "the gradient's divisor is that of another window",
        GATHER,
        "by = size(p, q, image",
        "by = size(q, p, image",
        "avg_pool2d",
        "exclude-padding-quads",
    ),
    Fault(
        "the gradient of images does not divide",
        GATHER,
        "quotients[at] = dy[at] / by",
        "quotients[at] = dy[at]",
        "avg_pool2d",
        "padding",
    ),
    Fault(
        "the last row of windows is not gathered",
        GATHER,
        "for p in range(p_begin, p_end):\n                        row =",
        "for p in range(p_begin, max(p_end, index(1)) - 1):\n                        row =",
        "avg_pool2d",
        "halves",
    ),
    Fault(
        "planes beside each other are gathered as channels",
        GATHER,
        "totals[k] += quotients[at]\n                            at += P * Q * inner",
        "totals[k] += quotients[at]\n                            at += P * Q",
        "avg_pool2d",
        "planes-of-pixels",
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
        "rows drop the last column of an average",
        SEPARABLE,
        "row + index(ends[q]))",
        "row + index(ends[q]) - 1)",
        "avg_pool2d",
        "tiles",
    ),
    Fault(
        "a tile lacks the last column of its halo",
        SEPARABLE,
        "h_end - h, w_end - w, tile, how)",
        "h_end - h, w_end - w - 1, tile, how)",
        "avg_pool2d",
        "tiles",
    ),
    Fault(
        "the gradient in tiles does not divide",
        SEPARABLE,
        "quotient if GRADIENT else",
        "tiles.as_it_is if GRADIENT else",
        "avg_pool2d",
        "tiles",
    ),
    Fault(
        "the gradient in tiles reads the windows of a row too few",
        SEPARABLE,
        "(n + problem.window[axis] - 2) // problem.stride[axis] + 1",
        "n // problem.stride[axis]",
        "avg_pool2d",
        "tiles",
    ),
)
