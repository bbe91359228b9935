"""Faults in max pooling, and in the geometry and checks that it shares with average pooling."""

from crosscheck.parity.faults.plant import Fault

GEOMETRY = "crosscheck.kernels.pooling.geometry"
MAX = "crosscheck.kernels.pooling.max_pool2d"
PROBLEM = "crosscheck.kernels.pooling.problem"
VECTORIZED = "crosscheck.kernels.pooling.max_vectorized"

FAULTS = (
    Fault(
        "the last of equal elements wins",
        MAX,
        "if value > best or value != value:",
        "if value >= best or value != value:",
        "max_pool2d",
        "halves",
    ),
    Fault(
        "NaN loses",
        MAX,
        "if value > best or value != value:",
        "if value > best:",
        "max_pool2d",
        "nan",
    ),
    Fault(
        "the first NaN wins",
        MAX,
        "if value > best or value != value:",
        "if value > best or (value != value and best == best):",
        "max_pool2d",
        "two-nans",
    ),
    Fault(
        "the largest starts at 0, not at -inf",
        MAX,
        "best = real(-math.inf)",
        "best = real(0)",
        "max_pool2d",
        "halves",
    ),
    Fault(
        "an index counts along rows of the output",
        MAX,
        "best_at = h * W + w\n",
        "best_at = h * Q + w\n",
        "max_pool2d",
        "halves",
    ),
    Fault(
        "dilation is ignored",
        MAX,
        "range(w_begin, w_end, dilation[1])",
        "range(w_begin, w_end)",
        "max_pool2d",
        "dilation-2",
    ),
    Fault(
        "overlapping windows: the last one wins instead of the sum",
        MAX,
        "total += dy[n, c, p, q]",
        "total = dy[n, c, p, q]",
        "max_pool2d",
        "overlap",
    ),
    Fault(
        "the gradient misses the last window of a row",
        GEOMETRY,
        "min(position // stride + 1, count)",
        "min(position // stride, count)",
        "max_pool2d",
        "halves",
    ),
    Fault(
        "ceil_mode lets a window start in the padding after the input",
        PROBLEM,
        "if ceil_mode and (p - 1) * stride >= h + padding:",
        "if ceil_mode and (p - 1) * stride > h + padding:",
        "max_pool2d",
        "ceil-dropped",
    ),
    Fault(
        "padding over half the window is accepted",
        PROBLEM,
        "if any(pad > r // 2 for pad, r in zip(problem.padding, window, strict=True)):",
        "if any(pad > r for pad, r in zip(problem.padding, window, strict=True)):",
        "max_pool2d",
        "rejects-padding-over-half-the-window",
    ),
    Fault(
        "the third channel of a quad has the second's winner",
        VECTORIZED,
        "larger(values[2], at, c, c_at)",
        "larger(values[1], at, c, c_at)",
        "max_pool2d",
        "quads-of-channels",
    ),
    Fault(
        "the last of equal elements in a quad wins",
        VECTORIZED,
        "if value > best or value != value:",
        "if value >= best or value != value:",
        "max_pool2d",
        "quads-of-ties",
    ),
    Fault(
        "a quad's gradient goes to the first channel's winner",
        VECTORIZED,
        "index(won[1]) == at",
        "index(won[0]) == at",
        "max_pool2d",
        "quads-of-channels",
    ),
    Fault(
        "an index of a quad counts along rows of the output",
        VECTORIZED,
        "at = h * W + w\n                a,",
        "at = h * Q + w\n                a,",
        "max_pool2d",
        "quads-of-channels",
        algorithm="vectorized",
    ),
    Fault(
        "overlapping windows of a quad: the last one wins",
        VECTORIZED,
        "d += g[3] if",
        "d = g[3] if",
        "max_pool2d",
        "quads-of-channels",
        algorithm="vectorized",
    ),
)
