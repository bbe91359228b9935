"""conv_transpose2d: bilinear.py has its bounds, shared/tensor_core.py those on tensor cores: every
result is one of conv2d's, transposed.

What reads nothing but padding is conv2d's forward pass here, the input gradient, and the weight
gradient: as there, a zero may have either sign.
"""

from collections.abc import Mapping

import numpy as np

from crosscheck.kernels.convolution import conv_transpose2d, transposed_problem
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL
from crosscheck.parity.case import Shape
from crosscheck.parity.operator import Operator
from crosscheck.parity.operators.conv2d.operator import sums_of
from crosscheck.parity.operators.conv2d.zero_filled import may_be_nan
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import bilinear, sums, tensor_core
from crosscheck.parity.shared.draws import Drawn, batch, extent, one_of, pair
from crosscheck.parity.shared.tensor_core import Sum


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    limits = bilinear.bounds(call, inputs, grad_output, exact, dtype)
    padded = {name for name in ("input_gradient", "weight_gradient") if name in limits}
    return limits | {name: np.maximum(limits[name], SMALLEST_SUBNORMAL[dtype]) for name in padded}


def _problem(shapes: Mapping[str, Shape], options: Options) -> Problem:
    """Return the convolution that this one transposes."""
    asked = dict(stride=1, padding=0, output_padding=0, groups=1, dilation=1) | dict(options)
    sizes = (("input.shape", shapes["input"]), ("weight.shape", shapes["weight"]))
    return transposed_problem.create("conv_transpose2d", *sizes, **asked)


def _sums(call: ReferenceCall) -> dict[str, Sum]:
    """Return the longest sums: the convolution's, with forward and input gradient exchanged."""
    found = sums_of(_problem(dict(call.shapes), call.options))
    exchanged = {"forward": found["input_gradient"], "input_gradient": found["forward"]}
    return found | exchanged


def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    this = _problem({name: each.shape for name, each in inputs.items()}, options)
    found = may_be_nan(algorithm, this, inputs["weight"])
    filled = {} if found is None else {"forward": np.broadcast_to(found, grad_output.shape)}
    special = tensor_core.extra_nan(algorithm, "conv_transpose2d", inputs, grad_output, options)
    return filled | {name: each | filled.get(name, False) for name, each in special.items()}


def _fuzz(rng: np.random.Generator) -> Drawn:
    groups = one_of(rng, (1, 1, 1, 2, 3))
    channels, filters = extent(rng, 17), extent(rng, 18)  # of one group
    image, window, stride, dilation = pair(rng, 6), pair(rng, 5), pair(rng, 4), pair(rng, 3)
    most = [max(steps) - 1 for steps in zip(stride, dilation, strict=True)]
    further = tuple(int(rng.integers(0, each + 1)) for each in most)
    # No more padding than leaves a row: that keeps the draws and never rejects a case.
    axes = zip(image, window, stride, dilation, further, strict=True)
    unpadded = [(p - 1) * step + d * (r - 1) + more + 1 for p, r, step, d, more in axes]
    padding = tuple(min(int(rng.integers(0, 4)), (rows - 1) // 2) for rows in unpadded)
    options = dict(stride=stride, padding=padding, output_padding=further, groups=groups)
    inputs = {
        "input": (*batch(rng), groups * filters, *image),
        "weight": (groups * filters, channels, *window),
    }
    if rng.random() < 0.7:
        inputs["bias"] = (groups * channels,)
    return inputs, options | {"dilation": dilation}


OPERATOR = Operator(
    name="conv_transpose2d",
    kernels=conv_transpose2d,
    parameters=(
        "input",
        "weight",
        "bias",
        "stride",
        "padding",
        "output_padding",
        "groups",
        "dilation",
    ),
    differentiable=("input", "weight", "bias"),
    bounds=_bounds,
    intermediates=sums.partial_sums,
    rounding=tensor_core.roundings(_sums),
    extra_nan=_extra_nan,
    integers=bilinear.integers,
    fuzz=_fuzz,
)
