"""cross_entropy, with targets that are classes or probabilities; bounds.py has its bounds."""

from typing import Any

import numpy as np

from crosscheck.kernels.loss import cross_entropy
from crosscheck.parity.operator import Operator
from crosscheck.parity.operators.cross_entropy.bounds import bounds
from crosscheck.parity.operators.cross_entropy.intermediates import intermediates
from crosscheck.parity.shared import exponentials
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of


def _fuzz(rng: np.random.Generator) -> Drawn:
    rank = int(rng.integers(1, 5))
    shape = tuple(extent(rng, 7) for _ in range(rank))
    axis = min(rank - 1, 1)
    if rng.random() < 0.2:  # more classes than a block has threads
        shape = (*shape[:axis], int(rng.integers(100, 300)), *shape[axis + 1 :])
    classes = shape[axis]
    inputs: dict[str, Any] = {"input": shape}
    options = {
        "reduction": one_of(rng, ("none", "mean", "sum")),
        "label_smoothing": one_of(rng, (0.0, 0.0, 0.1, 1.0)),
    }
    if rng.random() < 0.4:
        inputs["target"] = shape
    else:
        inputs["target"] = np.asarray(rng.integers(0, classes, shape[:axis] + shape[axis + 1 :]))
        if rank > 1 and rng.random() < 0.5:
            options["ignore_index"] = int(rng.integers(-1, classes))
    if rng.random() < 0.5:
        inputs["weight"] = (classes,)
    return inputs, options


OPERATOR = Operator(
    name="cross_entropy",
    order=8,
    kernels=cross_entropy,
    parameters=(
        "input",
        "target",
        "weight",
        "size_average",
        "ignore_index",
        "reduce",
        "reduction",
        "label_smoothing",
    ),
    differentiable=("input", "target"),
    constants=("weight",),
    bounds=bounds,
    intermediates=intermediates,
    integers=exponentials.no_integers,
    fuzz=_fuzz,
    fuzz_weight=2,
    fuzz_values=VALUES,
    fill={
        "target": lambda values, inputs: np.abs(values),
        "weight": lambda values, inputs: np.abs(values) + 0.1,
    },
)
