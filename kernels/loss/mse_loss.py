"""mse_loss on arrays: check the arguments, allocate the result, choose an algorithm, launch it."""

from math import prod

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.loss import reduction as reductions
from crosscheck.kernels.loss import squares
from crosscheck.kernels.loss.squares import Problem

OP = "mse_loss"


def _reduces(problem: Problem) -> str:
    return "" if problem.reduction == "none" else f"it cannot add up for {problem.reduction!r}"


def _keeps(problem: Problem) -> str:
    return "" if problem.reduction != "none" else "'none' leaves nothing to add up"


_GRADIENT = {"direct": Algorithm("direct", squares.gradient_direct)}
ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {
        "tree": Algorithm("tree", squares.forward_tree, _keeps),
        "direct": Algorithm("direct", squares.forward_direct, _reduces),
    },
    "input_gradient": dict(_GRADIENT),
    "target_gradient": dict(_GRADIENT),
}


def forward(
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return torch.nn.functional.mse_loss: of the input's shape for 'none', else of shape ().

    input, target and weight have one shape and dtype, float32 or float64. Raises TypeError or
    ValueError before anything is launched.
    """
    problem = _checked(OP, input, target, reduction, weight)
    chosen = choose(OP, "forward", ALGORITHMS["forward"], problem, algorithm)
    shape = input.shape if reduction == "none" else ()
    out = arguments.output(OP, out, shape, input.dtype, input)
    if out.size:
        chosen.run(problem, input, target, weight, out)
    return out


def input_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input. grad_output has the shape of its result.

    Raises as `forward`.
    """
    return _gradient(
        "input_gradient", grad_output, input, target, reduction, weight, algorithm, out
    )


def target_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its target. Raises as `forward`."""
    return _gradient(
        "target_gradient", grad_output, target, input, reduction, weight, algorithm, out
    )


def _gradient(
    direction: str,
    grad_output: Array,
    x: Array,
    other: Array,
    reduction: str,
    weight: Array | None,
    algorithm: str | None,
    out: Array | None,
) -> Array:
    op = f"{OP} {direction}"
    problem = _checked(op, x, other, reduction, weight)
    shape = x.shape if reduction == "none" else ()
    arguments.matching(op, "grad_output", grad_output, shape, input=x)
    chosen = choose(op, direction, ALGORITHMS[direction], problem, algorithm)
    out = arguments.output(op, out, x.shape, x.dtype, x)
    if out.size:
        chosen.run(problem, grad_output, x, other, weight, out)
    return out


def _checked(op: str, input: Array, target: Array, reduction: str, weight: Array | None) -> Problem:
    arguments.any_rank(op, "input", input)
    named = {"target": target} if weight is None else {"target": target, "weight": weight}
    for name, value in named.items():
        arguments.matching(op, name, value, input.shape, input=input)
    return Problem(reductions.checked(op, reduction), prod(input.shape), weight is not None)
