"""interpolate: a sum of weighted elements, along rows and columns apart, with t taps along each.

- forward: the weights of a row and a column, which the table rounds, two products and the additions
  of both sums: m = 2 + 2 + 2 (t - 1), bounded by 2 t + 2. T = sum of |a| |b| |x|. With one tap,
  nearest, every output is a copy: exact.
- input gradient: the same of the entries of a row and a column of the transposed table: t for each
  output that reads the element, which is r and s outputs: m bounded by t (r + s) + 2. Nearest
  multiplies by 1, and adds r s output gradients: r + s - 2 roundings.

Where an output reads, s(p) of kernels/resize/axis.py, is computed in float64 by both, in three
operations that a compiler may fuse: the two are within e = 4 u64 (|s| + 1) of each other. A result
is continuous in s, with a slope of at most 2 times the elements around: the taps and those beside
them, where rounding moves s over a whole number. So e times them is added, for rows and columns.

Integers are exact where weights are multiples of 2^-3 along both axes: enlarged twice, or nearest.

PyTorch's volumes, smoothing (antialias) and areas are out of scope: area is adaptive_avg_pool2d.
"""

import numpy as np

from crosscheck.kernels.resize import axis, interpolate
from crosscheck.kernels.resize.arguments import resolve
from crosscheck.kernels.resize.axis import Axis
from crosscheck.parity.bounds import UNIT_ROUNDOFF, bound
from crosscheck.parity.direction import Tensors
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import Drawn, extent, one_of, pair

SLOPE = 2.0  # of Keys' kernel at most 1.5, of linear interpolation 1
FINEST = 8  # weights that are multiples of an eighth keep integers exact


class _Axis:
    """An axis as matrices (outputs, inputs): |weights|, the elements around, how far s may be off.

    taps: along the axis; reads: whether an output reads an input; whole: whether each weight is a
    multiple of an eighth.
    """

    def __init__(self, this: Axis):
        places, weights = axis.taps(this)
        self.taps, size = places.shape[1], (this.outputs, this.inputs)
        rows = np.arange(this.outputs)[:, None]
        self.weights, near = np.zeros(size), np.zeros(size)
        np.add.at(self.weights, (rows, places), np.abs(weights))
        for beside in (-1, 0, 1):
            near[rows, np.clip(places + beside, 0, this.inputs - 1)] = SLOPE
        off = 4 * UNIT_ROUNDOFF["float64"] * (np.abs(axis.positions(this)) + 1)
        self.off = near * off[:, None] * (self.taps > 1)
        self.reads = np.zeros(size)
        self.reads[rows, places] = 1
        self.whole = not (weights * FINEST % 1).any()


def _axes(shape: tuple[int, ...], options: Options) -> tuple[_Axis, _Axis]:
    resolved = resolve(shape, **options)
    how, _ = interpolate.MODES[resolved.mode]
    factors = resolved.factors or [0.0] * len(resolved.size)
    each = [
        Axis(how, *extents, resolved.align_corners)
        for extents in zip(shape[2:], resolved.size, factors, strict=True)
    ]
    whole = [Axis(axis.NEAREST, 1, 1, 0.0, False)] * (2 - len(each))
    rows, columns = (_Axis(one) for one in (*whole, *each))
    return rows, columns


def _images(array: np.ndarray) -> np.ndarray:
    return array.reshape(*array.shape[:2], *[1] * (4 - array.ndim), *array.shape[2:])


def _sums(x: np.ndarray, rows: _Axis, columns: _Axis, turned: bool) -> tuple[np.ndarray, ...]:
    """Return (T, what the places may be off) of the sums of |x|."""
    x = np.abs(_images(x).astype(float))
    x = np.where(np.isfinite(x), x, 0.0)
    a, b, da, db = rows.weights, columns.weights, rows.off, columns.off
    if turned:
        a, b, da, db = a.T, b.T, da.T, db.T
    return a @ x @ b.T, da @ x @ b.T + a @ x @ db.T + da @ x @ db.T


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    x = inputs["input"]
    rows, columns = _axes(x.shape, call.options)
    nearest = columns.taps == 1
    forward, off = _sums(x, rows, columns, turned=False)
    terms = 0 if nearest else 2 * columns.taps + 2
    found = {"forward": bound(np.float64(terms), forward, dtype) + off}
    if "input_gradient" in exact:
        gradient, off = _sums(grad_output, rows, columns, turned=True)
        read = rows.reads.sum(0)[:, None] + columns.reads.sum(0)
        counts = np.maximum(read - 2, 0) if nearest else columns.taps * read + 2
        found["input_gradient"] = bound(counts, gradient, dtype) + off
    return {name: each.reshape(exact[name].shape) for name, each in found.items()}


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return T, or that of the largest sum along a row, which a weight may make small again."""
    x = inputs["input"]
    axes = _axes(x.shape, call.options)
    found = {"forward": _largest(x, *axes, turned=False)}
    if "input_gradient" in exact:
        found["input_gradient"] = _largest(grad_output, *axes, turned=True)
    return {name: each.reshape(exact[name].shape) for name, each in found.items()}


def _largest(x: np.ndarray, rows: _Axis, columns: _Axis, turned: bool) -> np.ndarray:
    total, _ = _sums(x, rows, columns, turned)
    if columns.taps == 1 and not turned:
        return np.zeros_like(total)  # a copy
    x = np.abs(_images(x).astype(float))
    x = np.where(np.isfinite(x), x, 0.0)
    reads = rows.reads.T if turned else rows.reads
    across = x @ (columns.weights if turned else columns.weights.T)
    each = [(across * row[:, None]).max(2, initial=0.0) for row in reads]
    return np.maximum(total, np.stack(each, 2))


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    axes = _axes(dict(call.shapes)["input"], call.options)
    if not all(each.whole for each in axes):
        raise NoIntegers("the weights of this size are no multiples of an eighth")
    terms = call.terms()
    most = max(1, *(int(np.abs(each).max(initial=0)) + 1 for each in terms.values()))
    amplitude = sums.largest_product(most * 2 * FINEST**2)
    return sums.integers(call, seed, {"grad_output": terms["forward"].shape}, amplitude)


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if options.get("antialias"):
        return "antialias: ours does not smooth"
    if inputs["input"].ndim not in (3, 4):
        return "a volume: ours takes images and signals"
    return "area is adaptive_avg_pool2d" if options.get("mode") == "area" else ""


def _kernel_arguments(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    return tensors, resolve(tensors["input"].shape, **options)._asdict()


def _fuzz(rng: np.random.Generator) -> Drawn:
    mode = one_of(rng, tuple(interpolate.MODES))
    axes = 1 if mode == "linear" else 2
    options: dict = {"mode": mode}
    image = pair(rng, 9)[:axes]
    if rng.random() < 0.5:
        options["size"] = pair(rng, 12)[:axes]
    else:
        factors = tuple(one_of(rng, (0.5, 0.7, 1.0, 1.5, 2.0, 2.3, 3.0)) for _ in range(axes))
        image = tuple(max(each, 2) for each in image)  # so that a row is left
        options |= {"scale_factor": factors, "recompute_scale_factor": bool(rng.random() < 0.3)}
    if mode not in ("nearest", "nearest-exact"):
        options["align_corners"] = bool(rng.random() < 0.5)
    return {"input": (one_of(rng, (0, 1, 2)), extent(rng, 4), *image)}, options


OPERATOR = Operator(
    name="interpolate",
    kernels=interpolate,
    parameters=(
        "input",
        "size",
        "scale_factor",
        "mode",
        "align_corners",
        "recompute_scale_factor",
        "antialias",
    ),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    out_of_scope=_out_of_scope,
    kernel_arguments=_kernel_arguments,
)
