"""Faults in adaptive average pooling: where windows begin and end, and what they weigh."""

from crosscheck.parity.faults.plant import Fault

GLOBAL = "crosscheck.kernels.pooling.global_avg"
SHARES = "crosscheck.kernels.pooling.shares"
ADAPTIVE = "crosscheck.kernels.pooling.adaptive_avg_pool2d"


def _fault(what: str, right: str, wrong: str, case: str, module: str = ADAPTIVE) -> Fault:
    return Fault(what, module, right, wrong, "adaptive_avg_pool2d", case)


FAULTS = (
    _fault(
        "an adaptive window ends at the floor",
        "past = before + extent + parts - 1",
        "past = before + extent",
        "overlap",
        SHARES,
    ),
    _fault(
        "adaptive windows are all as wide as the first",
        "before = i * extent",
        "before = i * (extent // parts) * parts",
        "overlap",
        SHARES,
    ),
    _fault(
        "adaptive windows have one size",
        "total / real((h_end - h_begin) * (w_end - w_begin))",
        "total / real((H // P) * (W // Q))",
        "overlap",
    ),
    _fault(
        "the adaptive gradient is not divided",
        "total += dy[n, c, p, q] / real(size)",
        "total += dy[n, c, p, q]",
        "halves",
    ),
    _fault(
        "the last adaptive window wins instead of the sum",
        "total += dy[n, c, p, q] / real(size)",
        "total = dy[n, c, p, q] / real(size)",
        "overlap",
    ),
    _fault(
        "the adaptive gradient's windows are the forward pass's",
        "p_begin, p_end = share(h, H, P)",
        "p_begin, p_end = share(h, P, H)",
        "halves",
    ),
    _fault(
        "rows of an adaptive window are counted as columns",
        "w_begin, w_end = share(q, Q, W)\n        total",
        "w_begin, w_end = share(q, Q, H)\n        total",
        "rows-and-columns",
    ),
    _fault(
        "None stands for one adaptive window",
        "h if p is None else",
        "1 if p is None else",
        "none",
        SHARES,
    ),
    _fault(
        "an adaptive size of one entry is accepted",
        "len(value) != 2",
        "len(value) > 2",
        "rejects-one-size-in-a-tuple",
        SHARES,
    ),
    _fault(
        "a gathered window's size is that of its rows squared",
        "w_begin, w_end = share(q, windows[1], image[1])",
        "w_begin, w_end = share(p, windows[0], image[0])",
        "planes",
    ),
    _fault(
        "the last quad of a plane is left out of its mean",
        "first + pixels, APART)",
        "first + pixels - 4, APART)",
        "one-window-quads",
        GLOBAL,
    ),
    _fault(
        "the last line of pixels is left out of the mean",
        "for i in range(LINES):",
        "for i in range(LINES - 1):",
        "one-window-of-pixels",
        GLOBAL,
    ),
    _fault(
        "a mean of pixels is that of the first tile of channels",
        "c = tile * CHANNELS + across * VECTOR",
        "c = across * VECTOR",
        "one-window-of-pixels",
        GLOBAL,
    ),
)
