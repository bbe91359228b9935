"""Dropout."""

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.dropout import DROPOUT, probability
from crosscheck.nn import random
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Drop each element with probability p, and multiply the others by 1 / (1 - p), in training.

    Which ones follows from `nn.manual_seed` and how many random operators have run since. Where
    nothing can be dropped the input itself is returned, as in PyTorch. With inplace=True the input
    is overwritten and returned; a leaf that requires grad cannot be: RuntimeError.
    """
    array_of("dropout", "input", input)
    p = probability(p)
    if not isinstance(training, bool):
        reject("dropout", "training", training, "True or False", TypeError)
    if p == 0 or not training:
        return input
    seed, offset = random.draw()
    options = dict(p=p, seed=seed, offset=offset)
    return apply(DROPOUT, dict(input=input), options, overwrite=input if inplace else None)[0]


@public
def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """`dropout` of whole channels: of (n, c, ...), as PyTorch has it for three dimensions, too."""
    x = array_of("dropout2d", "input", input)
    if x.ndim < 2:
        reject("dropout2d", "input.shape", tuple(x.shape), "at least 2 dimensions", RuntimeError)
    channels = (*x.shape[:2], *[1] * (x.ndim - 2))
    ones = Tensor(namespace(x).ones(channels, x.dtype))
    factors = dropout(ones, p, training)
    if factors is ones:
        return input
    return input.mul_(factors) if inplace else input * factors
