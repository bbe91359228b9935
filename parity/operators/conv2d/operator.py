"""conv2d: bilinear.py has its bounds, but for the outputs that read nothing but padding, and
winograd.py and shared/tensor_core.py those of the algorithms that round differently.

Outputs that read nothing but padding are 0, the sum of no terms, and so are the gradients of taps
that do. PyTorch multiplies the padding by the weights, or the output gradients, and which zero that
makes, 0 or -0, depends on the matrix product that it chooses: with one filter it is another than
with two. So these results may be off by eta, which leaves the sign open.
"""

from math import gcd, prod

import numpy as np

from crosscheck.kernels import convolution
from crosscheck.kernels.convolution import problem
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL
from crosscheck.parity.operator import Operator, Rounding
from crosscheck.parity.operators.conv2d import winograd
from crosscheck.parity.operators.conv2d.zero_filled import zero_filled
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import bilinear, sums, tensor_core
from crosscheck.parity.shared.draws import Drawn, batch, extent, one_of, pair
from crosscheck.parity.shared.tensor_core import Sum


def _sums(call: ReferenceCall) -> dict[str, Sum]:
    """Return the longest sums. An input gradient sums over the rows of the filter that reach its
    pixels, every so many of them.
    """
    shapes, asked = dict(call.shapes), {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    sizes = (("input.shape", shapes["input"]), ("weight.shape", shapes["weight"]))
    return sums_of(problem.create("conv2d", *sizes, **asked | call.options))


def sums_of(this: Problem) -> dict[str, Sum]:
    """Return the longest sums of a convolution, by direction."""
    axes = zip((this.r, this.s), this.stride, this.dilation, strict=True)
    reach = prod(-(-taps // (step // gcd(step, apart))) for taps, step, apart in axes)
    return {
        "forward": Sum(this.r * this.s, this.channels),
        "input_gradient": Sum(reach, this.filters),
        "weight_gradient": Sum(1, this.n * this.p * this.q),
    }


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    limits = bilinear.bounds(call, inputs, grad_output, exact, dtype)
    padded = {name for name in ("forward", "weight_gradient") if name in limits}
    return limits | {name: np.maximum(limits[name], SMALLEST_SUBNORMAL[dtype]) for name in padded}


def _fuzz(rng: np.random.Generator) -> Drawn:
    groups = one_of(rng, (1, 1, 1, 2, 3))
    channels, filters = extent(rng, 17), extent(rng, 18)  # of one group
    image, window, dilation = pair(rng, 11), pair(rng, 5), pair(rng, 3)
    options = {"stride": pair(rng, 4), "dilation": dilation, "groups": groups}
    kind = one_of(rng, ("number", "number", "number", "same", "valid"))
    if kind == "same":
        options |= {"padding": "same", "stride": 1}
    else:
        padding = tuple(int(rng.integers(0, 4)) for _ in range(2)) if kind == "number" else (0, 0)
        # The image grows until the filter fits: that keeps the draws and never rejects a case.
        image = tuple(
            max(pixels, d * (r - 1) + 1 - 2 * pad, 1)
            for pixels, r, d, pad in zip(image, window, dilation, padding, strict=True)
        )
        options["padding"] = padding if kind == "number" else "valid"
    inputs = {
        "input": (*batch(rng), groups * channels, *image),
        "weight": (groups * filters, channels, *window),
    }
    if rng.random() < 0.7:
        inputs["bias"] = (groups * filters,)
    return inputs, options


def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    if algorithm == "winograd":
        return winograd.extra_nan(inputs, grad_output, options)
    found = dict(zero_filled(algorithm, inputs, options))
    special = tensor_core.extra_nan(algorithm, "conv2d", inputs, grad_output, options)
    return found | {name: each | found.get(name, False) for name, each in special.items()}


OPERATOR = Operator(
    name="conv2d",
    order=1,
    kernels=convolution,
    parameters=("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    differentiable=("input", "weight", "bias"),
    bounds=_bounds,
    intermediates=sums.partial_sums,
    rounding={
        "winograd": Rounding(winograd.bounds, winograd.intermediates),
        **tensor_core.roundings(_sums),
    },
    extra_nan=_extra_nan,
    integers=winograd.integers,
    fuzz=_fuzz,
    fuzz_weight=3,
)
