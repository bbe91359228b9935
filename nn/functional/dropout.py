"""Dropout."""

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import namespace
from crosscheck.kernels.dropout import DROPOUT, probability
from crosscheck.kernels.elementwise.mul import MUL
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
    """Drop whole channels of (n, c, h, w) with probability p; otherwise like `dropout`.

    Raises ValueError for another number of dimensions.
    """
    op, array = "dropout2d", array_of("dropout2d", "input", input)
    if array.ndim != 4:
        reject(op, "input.shape", tuple(array.shape), "4 dimensions")
    ones = Tensor(namespace(array).ones((*array.shape[:2], 1, 1), array.dtype))
    kept = dropout(ones, p, training)
    if kept is ones:
        return input
    overwrite = input if inplace else None
    return apply(MUL, dict(input=input, other=kept), {}, overwrite)[0]  # only `kept` is read
