"""Dropout on arrays: check the arguments, allocate the result, launch."""

from numbers import Real

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dropout import direct

OP = "dropout"

ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {"direct": Algorithm("direct", direct.direct)},
    "input_gradient": {"direct": Algorithm("direct", direct.direct)},
}


def forward(
    input: Array,
    p: float = 0.5,
    *,
    seed: int,
    offset: int = 0,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the input with each element 0 with probability p, else multiplied by 1 / (1 - p).

    As `torch.nn.functional.dropout` in training; which elements are dropped is another matter: it
    follows from `seed`, `offset` (0 to 2^64 - 1 each) and an element's position in row-major order,
    so the same three give the same mask for any strides, dtype and device. `input` is float32 or
    float64 of any shape. `p` counts in steps of 2^-31.
    Raises ValueError or TypeError before anything is launched.
    """
    return _scaled("forward", "input", input, p, seed, offset, algorithm, out)


def input_gradient(
    grad_output: Array,
    p: float = 0.5,
    *,
    seed: int,
    offset: int = 0,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input of `forward` with the same seed and offset.

    Nothing of the forward pass is needed: the mask is made again. Raises as `forward`.
    """
    return _scaled("input_gradient", "grad_output", grad_output, p, seed, offset, algorithm, out)


def probability(p: float) -> float:
    """Return p when it is a number from 0 to 1. Raises TypeError or ValueError."""
    if not isinstance(p, Real):
        reject(OP, "p", p, "a number from 0 to 1", TypeError)
    if not 0 <= p <= 1:
        reject(OP, "p", p, "a number from 0 to 1")
    return float(p)


def _scaled(
    direction: str,
    name: str,
    x: Array,
    p: float,
    seed: int,
    offset: int,
    algorithm: str | None,
    out: Array | None,
) -> Array:
    arguments.any_rank(OP, name, x)
    p = probability(p)
    for what, number in (("seed", seed), ("offset", offset)):
        if arguments.integer(OP, what, number, 0) >= 2**64:
            reject(OP, what, number, "an integer below 2^64")
    table = ALGORITHMS[direction]
    run = algorithms.choose(OP, direction, table, x.shape, algorithm).run
    if out is None:
        out = arrays.namespace(x).empty_like(x)  # keeps the memory order, as PyTorch does
    else:
        out = arguments.output(OP, out, x.shape, x.dtype, x)
    run(p, seed, offset, x, out)
    return out
