"""pad in the suite: images, in the modes that repeat the image's own elements.

- forward: every output is a copy of an input: exact.
- input gradient: an element's is the sum of the n output gradients of its copies, n - 1 additions:
  m = n - 1 (bounds.py). n is what the gradient is on all ones.

The kernels pad the rows and columns of images, for convolutions. PyTorch's other samples are none
of theirs: constants (convolutions pad with 0 by themselves), signals, volumes, cropping.
"""

import numpy as np

from crosscheck.kernels import padding
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, batch, edge, one_of

MODES = tuple(padding.MODES)


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    magnitude = question.ask(inputs, np.abs(grad_output))["input_gradient"]
    additions = np.maximum(question.terms()["input_gradient"] - 1, 0)
    return {"input_gradient": bounds.bound(additions, magnitude, dtype)}


def _outside(inputs: Arrays, options: Options) -> str:
    mode = options.get("mode", "constant")
    if mode not in MODES:
        return f"mode {mode!r}: ours repeat the image's own elements"
    if inputs["input"].ndim not in (3, 4) or len(options["pad"]) != 4:
        return "not the rows and columns of images"
    return "negative padding, which crops" if min(options["pad"]) < 0 else ""


def _fuzz(rng: np.random.Generator) -> Drawn:
    height, width = edge(rng, 8), edge(rng, 8)
    mode = one_of(rng, MODES)
    most = {"reflect": -1, "circular": 0, "replicate": 3}[mode]
    pad = [int(rng.integers(0, extent + most + 1)) for extent in (width, width, height, height)]
    shape = (*batch(rng), edge(rng, 4), height, width)
    return {"input": shape}, {"pad": tuple(pad), "mode": mode}


OPERATOR = Operator(
    name="pad",
    order=17,
    ours="functional.padding.pad_image",
    kernels=padding,
    parameters=("input", "pad", "mode", "value"),
    differentiable=("input",),
    limits=_limits,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    outside=_outside,
)
