"""Normalisation."""

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.normalization import batch_norm as _batch_norm
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.tensor import Tensor, record


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Normalise every channel of (n, c, ...); in training, update the running statistics."""
    x = array_of("batch_norm", "input", input)
    running = _constant("running_mean", running_mean), _constant("running_var", running_var)
    w, b = _optional("weight", weight), _optional("bias", bias)
    y, *saved = _batch_norm.forward(x, *running, w, b, training, momentum, eps)
    for statistic in (running_mean, running_var):
        if training and statistic is not None:
            statistic.memory.version += 1
    return record(
        "batch_norm",
        y,
        (input, lambda dy: _batch_norm.input_gradient(dy, x, *saved, w, training), input, weight),
        (weight, lambda dy: _batch_norm.weight_gradient(dy, x, *saved), input),
        (bias, lambda dy: _batch_norm.bias_gradient(dy)),
    )


def _optional(name: str, tensor: Tensor | None) -> Array | None:
    return None if tensor is None else array_of("batch_norm", name, tensor)


def _constant(name: str, tensor: Tensor | None) -> Array | None:
    """Return the array of a statistic, which has no derivative."""
    array = _optional(name, tensor)
    if tensor is not None and tensor.requires_grad:
        reject("batch_norm", f"{name}.requires_grad", True, "False", RuntimeError)
    return array
