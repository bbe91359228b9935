"""Dropout."""

from crosscheck.kernels import dropout as _dropout
from crosscheck.kernels.arguments import reject
from crosscheck.nn import random
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop each element with probability p, and multiply the others by 1 / (1 - p), in training.

    Which ones follows from `nn.manual_seed` and how many random operators have run since. Where
    nothing can be dropped the input itself is returned, as in PyTorch. With inplace=True the input
    is overwritten and returned; a leaf that requires grad cannot be: RuntimeError.
    """
    x = array_of("dropout", "input", input)
    p = _dropout.probability(p)
    if not isinstance(training, bool):
        reject("dropout", "training", training, "True or False", TypeError)
    if p == 0 or not training:
        return input
    out = input.overwritable("dropout") if inplace else None
    seed, offset = random.draw()
    y = _dropout.forward(x, p, seed=seed, offset=offset, out=out)
    return record(
        "dropout",
        input if inplace else y,
        (input, lambda dy: _dropout.input_gradient(dy, p, seed=seed, offset=offset)),
    )
