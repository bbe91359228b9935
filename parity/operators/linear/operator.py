"""linear: bilinear.py has its bounds."""

import numpy as np

from crosscheck.kernels import linear
from crosscheck.parity.operator import Operator
from crosscheck.parity.shared import bilinear, sums
from crosscheck.parity.shared.draws import Drawn, extent


def _fuzz(rng: np.random.Generator) -> Drawn:
    ins, outs = extent(rng, 40), extent(rng, 40)
    lead = tuple(int(rng.integers(0, 7)) for _ in range(rng.integers(0, 4)))
    weight = (ins,) if rng.random() < 0.1 else (outs, ins)
    inputs = {"input": (*lead, ins), "weight": weight}
    if len(weight) == 2 and rng.random() < 0.7:
        inputs["bias"] = (outs,)
    return inputs, {}


OPERATOR = Operator(
    name="linear",
    order=5,
    kernels=linear,
    parameters=("input", "weight", "bias"),
    differentiable=("input", "weight", "bias"),
    bounds=bilinear.bounds,
    intermediates=sums.partial_sums,
    integers=bilinear.integers,
    fuzz=_fuzz,
)
