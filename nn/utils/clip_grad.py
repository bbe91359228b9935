"""Gradients that are made shorter."""

import math
from collections.abc import Iterable

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import computed
from crosscheck.nn.arithmetic import add, div
from crosscheck.nn.devices import to
from crosscheck.nn.elementwise import clamp
from crosscheck.nn.factories import zeros
from crosscheck.nn.inplace import mul_
from crosscheck.nn.joining import stack
from crosscheck.nn.reductions import norm
from crosscheck.nn.tape import no_grad
from crosscheck.nn.tensor import Tensor


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients of all parameters, in place, so that their norm is at most `max_norm`.

    Returns the norm that they had together, any p-norm: float32 of gradients of 16 bits, which
    PyTorch rounds to theirs. `foreach` changes nothing.
    Raises RuntimeError for a norm of infinity or NaN where `error_if_nonfinite`; nothing has
    changed then.
    """
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    gradients = [each.grad for each in given if each.grad is not None]
    if not gradients:
        return zeros(())
    with no_grad():
        total = norm(stack([norm(_wide(each), norm_type) for each in gradients]), norm_type)
        if error_if_nonfinite and not math.isfinite(total.item()):
            name, value = "the norm of all gradients", total.item()
            reject("clip_grad_norm_", name, value, "a finite number", RuntimeError)
        factor = clamp(div(max_norm, add(total, 1e-6)), max=1.0)
        for each in gradients:
            mul_(each, factor)
    return total


def _wide(gradient: Tensor) -> Tensor:
    """Return the gradient in the dtype that kernels compute in."""
    return to(gradient, dtype=computed(gradient.dtype))
