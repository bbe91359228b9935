"""Dropout."""

from kernels import dropout as _dropout
from kernels.arguments import reject
from nn import random
from nn.functional.arguments import array_of
from nn.tensor import Tensor, record


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop each element with probability p, and multiply the others by 1 / (1 - p), in training.

    Which ones follows from `nn.manual_seed` and how many random operators have run since. Where
    nothing can be dropped the input itself is returned, as in PyTorch. `inplace=True` raises
    NotImplementedError: tensors are never overwritten.
    """
    x = array_of("dropout", "input", input)
    p = _dropout.probability(p)
    if not isinstance(training, bool):
        reject("dropout", "training", training, "True or False", TypeError)
    if inplace:
        reject("dropout", "inplace", inplace, "False: use the returned tensor", NotImplementedError)
    if p == 0 or not training:
        return input
    seed, offset = random.draw()
    return record(
        "dropout",
        _dropout.forward(x, p, seed=seed, offset=offset),
        (input, lambda dy: _dropout.input_gradient(dy, p, seed=seed, offset=offset)),
    )
