"""Batch normalisation on arrays: check the arguments, allocate the results, launch.

Arrays of 2 dimensions or more are seen as (n, c, l), l everything behind the channels: a view, or
one copy where the strides of those dimensions allow none.
"""

from math import prod

from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.folding import FoldedOutput, folded
from crosscheck.kernels.normalization import affine, gradients, problem, statistics
from crosscheck.kernels.normalization.problem import OP


def _forward_tree(
    x: Array,
    running: tuple[Array, Array],
    weight: Array,
    bias: Array,
    training: bool,
    rates: tuple[float, float],
    used: tuple[Array, Array],
    y: Array,
) -> None:
    momentum, eps = rates
    if training:
        statistics.of_batch(x, *used, *running, momentum, eps)
    else:
        statistics.of_running(*running, *used, eps)
    affine.forward(x, *used, weight, bias, y)


ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {"tree": Algorithm("tree", _forward_tree)},
    "input_gradient": {"tree": Algorithm("tree", gradients.input_gradient)},
    "weight_gradient": {"tree": Algorithm("tree", gradients.weight_gradient)},
    "bias_gradient": {"tree": Algorithm("tree", gradients.bias_gradient)},
}


def forward(
    input: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    mean: Array | None = None,
    rstd: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return (output, mean, rstd) of `torch.nn.functional.batch_norm`.

    input is (n, c, ...), float32 or float64; everything else (c). In training the statistics are
    those of each channel of the batch, and the running ones, where given, become (1 - momentum) *
    old + momentum * new in place, with the unbiased variance; else they are the statistics. mean
    and rstd = 1 / sqrt(variance + eps) are what the gradients need. Results that are given are
    filled and returned.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    channels = problem.channels("input", input)
    problem.of_channels(
        input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    problem.flag(training)
    problem.running(running_mean, running_var, training, input)
    rates = problem.rates(momentum, eps, training)
    if training:
        problem.batch(input)
    run = choose(OP, "forward", ALGORITHMS["forward"], input.shape, algorithm).run
    out = arguments.output(OP, out, input.shape, input.dtype, input)
    used = tuple(
        arguments.output(OP, given, (channels,), input.dtype, input, name)
        for name, given in (("mean", mean), ("rstd", rstd))
    )
    if input.size:
        y = FoldedOutput(out, _shape(input))
        running = _or_empty(running_mean, input), _or_empty(running_var, input)
        affine_terms = _or_empty(weight, input), _or_empty(bias, input)
        run(_folded(input), running, *affine_terms, training, rates, used, y.array)
        y.finish()
    else:
        for each in used:
            each.fill(0)  # statistics of nothing, for gradients that are sums of nothing
    return out, *used


def input_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    weight: Array | None = None,
    training: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of its shape.

    mean and rstd are those that `forward` returned, `training` what it was told. Raises as
    `forward`.
    """
    problem.gradient(grad_output, input, mean, rstd)
    problem.of_channels(input, weight=weight)
    problem.flag(training)
    run = choose(OP, "input_gradient", ALGORITHMS["input_gradient"], input.shape, algorithm).run
    out = arguments.output(OP, out, input.shape, input.dtype, input)
    if out.size:
        dx = FoldedOutput(out, _shape(input))
        terms = _folded(input), _folded(grad_output), mean, rstd, _or_empty(weight, input)
        run(*terms, training, dx.array)
        dx.finish()
    return out


def weight_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, (c). mean and rstd are `forward`'s."""
    problem.gradient(grad_output, input, mean, rstd)
    run = choose(OP, "weight_gradient", ALGORITHMS["weight_gradient"], input.shape, algorithm).run
    out = arguments.output(OP, out, mean.shape, input.dtype, input)
    if input.size:
        run(_folded(input), _folded(grad_output), mean, rstd, out)
    else:
        out.fill(0)
    return out


def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the bias: grad_output (n, c, ...) summed to (c)."""
    channels = problem.channels("grad_output", grad_output)
    table = ALGORITHMS["bias_gradient"]
    run = choose(OP, "bias_gradient", table, grad_output.shape, algorithm).run
    out = arguments.output(OP, out, (channels,), grad_output.dtype, grad_output)
    if grad_output.size:
        run(_folded(grad_output), out)
    else:
        out.fill(0)
    return out


def _shape(array: Array) -> tuple[int, int, int]:
    return *array.shape[:2], prod(array.shape[2:])


def _folded(array: Array) -> Array:
    return folded(array, _shape(array))


def _or_empty(value: Array | None, like: Array) -> Array:
    return arrays.empty((0,), like.dtype, like) if value is None else value  # kernels take no None
