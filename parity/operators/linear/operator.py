"""linear: bilinear.py has its bounds, shared/tensor_core.py those of the rungs on tensor cores."""

from math import prod

import numpy as np

from crosscheck.kernels import linear
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import bilinear, sums, tensor_core
from crosscheck.parity.shared.draws import Drawn, extent
from crosscheck.parity.shared.tensor_core import Sum


def _fuzz(rng: np.random.Generator) -> Drawn:
    ins, outs = extent(rng, 40), extent(rng, 40)
    lead = tuple(int(rng.integers(0, 7)) for _ in range(rng.integers(0, 4)))
    weight = (ins,) if rng.random() < 0.1 else (outs, ins)
    inputs = {"input": (*lead, ins), "weight": weight}
    if len(weight) == 2 and rng.random() < 0.7:
        inputs["bias"] = (outs,)
    return inputs, {}


def _sums(call: ReferenceCall) -> dict[str, Sum]:
    """Return the longest sums."""
    shapes = dict(call.shapes)
    (*lead, ins), outs = shapes["input"], prod(shapes["weight"][:-1])
    lengths = {"forward": ins, "input_gradient": outs, "weight_gradient": prod(lead)}
    return {name: Sum(1, length) for name, length in lengths.items()}


def _extra_nan(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    return tensor_core.extra_nan(algorithm, "linear", inputs, grad_output, options)


OPERATOR = Operator(
    name="linear",
    order=5,
    kernels=linear,
    parameters=("input", "weight", "bias"),
    differentiable=("input", "weight", "bias"),
    bounds=bilinear.bounds,
    intermediates=sums.partial_sums,
    rounding=tensor_core.roundings(_sums),
    extra_nan=_extra_nan,
    integers=bilinear.integers,
    fuzz=_fuzz,
)
