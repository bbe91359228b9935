"""pad: images, in the modes that repeat the image's own elements.

- forward: every output is a copy of an input: exact.
- input gradient: the sum of the output gradients of an element's n copies: m = n - 1 (bounds.py).
  n is what the gradient is on all ones.

The kernels pad the rows and columns of images, for convolutions. PyTorch's other samples are out of
scope: constants (convolutions pad with 0 by themselves), signals, volumes and cropping.
"""

import numpy as np

from crosscheck.kernels import padding
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, batch, extent, one_of

MODES = tuple(padding.MODES)


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    mode = options.get("mode", "constant")
    if mode not in MODES:
        return f"mode {mode!r}: ours only repeats the image's own elements"
    if inputs["input"].ndim not in (3, 4) or len(options["pad"]) != 4:
        return "padding of other dimensions than an image's rows and columns"
    return "negative padding: cropping" if min(options["pad"]) < 0 else ""


def _fuzz(rng: np.random.Generator) -> Drawn:
    height, width = extent(rng, 8), extent(rng, 8)
    mode = one_of(rng, MODES)
    most = {"reflect": -1, "circular": 0, "replicate": 3}[mode]
    pad = [int(rng.integers(0, size + most + 1)) for size in (width, width, height, height)]
    shape = (*batch(rng), extent(rng, 4), height, width)
    return {"input": shape}, {"pad": tuple(pad), "mode": mode}


OPERATOR = Operator(
    name="pad",
    order=17,
    nn_function="functional.padding.pad_image",
    kernels=padding,
    parameters=("input", "pad", "mode", "value"),
    differentiable=("input",),
    bounds=sums.of_copies("input_gradient"),
    intermediates=sums.partial_sums,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    out_of_scope=_out_of_scope,
)
