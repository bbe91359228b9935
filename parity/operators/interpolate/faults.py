"""Faults in interpolation: where an output reads, how much, and who gathers its gradient."""

from crosscheck.parity.faults.plant import Fault


def _fault(what: str, module: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, f"crosscheck.kernels.resize.{module}", right, wrong, "interpolate", case)


FAULTS = (
    _fault(
        "centres of pixels are taken for their corners",
        "axis",
        "(outputs + 0.5) * _scale(axis, np.float64) - 0.5",
        "outputs * _scale(axis, np.float64)",
        "bilinear-uneven",
    ),
    _fault(
        "nearest rounds to a pixel's centre",
        "axis",
        "places = outputs.astype(np.float32) * scale",
        "places = (outputs.astype(np.float32) + np.float32(0.5)) * scale",
        "nearest-uneven",
    ),
    _fault(
        "the ratio of the sizes stands for the caller's factor",
        "axis",
        "if axis.factor else",
        "if axis.factor < 0 else",
        "bicubic-factor",
    ),
    _fault(
        "aligned corners scale by the ratio of the sizes",
        "axis",
        "(axis.inputs - 1) / (axis.outputs - 1)",
        "axis.inputs / axis.outputs",
        "bilinear-corners",
    ),
    _fault(
        "bilinear goes on past the first row",
        "axis",
        "at = np.maximum(at, 0.0)",
        "at = np.maximum(at, -1.0)",
        "bilinear-doubled",
    ),
    _fault(
        "bicubic wraps at the first row",
        "axis",
        "np.clip(first[:, None] + np.arange(-1, 3), 0, last)",
        "np.minimum(first[:, None] + np.arange(-1, 3), last) % (last + 1)",
        "bicubic-doubled",
    ),
    _fault(
        "the weights of two rows are exchanged",
        "axis",
        "np.stack([1 - t, t], 1)",
        "np.stack([t, 1 - t], 1)",
        "bilinear-uneven",
    ),
    _fault(
        "columns are interpolated as rows",
        "weighted",
        "*rows, *columns)",
        "*rows, *rows)",
        "bilinear-uneven",
    ),
    _fault(
        "a row's weight is left out",
        "weighted",
        "total += row_weights[i] * across",
        "total += across",
        "bicubic-uneven",
    ),
    _fault(
        "the last output that reads a row wins",
        "weighted",
        "total += weights[j] * x[n, c, h, index(places[j])]",
        "total = weights[j] * x[n, c, h, index(places[j])]",
        "nearest-doubled",
    ),
    _fault(
        "a copied -0 loses its sign",
        "weighted",
        "_schedule(problem, x, y, -0.0, of_gradient=False)",
        "_schedule(problem, x, y, 0.0, of_gradient=False)",
        "nearest-zeros",
    ),
    _fault(
        "an unknown mode passes for nearest",
        "interpolate",
        "    if mode not in MODES:",
        '    mode = mode if mode in MODES else "nearest"\n    if not mode:',
        "rejects-an-unknown-mode",
    ),
    _fault(
        "a size wins over a factor",
        "arguments",
        "(size is None) == (scale_factor is None)",
        "size is None and scale_factor is None",
        "rejects-both-size-and-factor",
    ),
)
