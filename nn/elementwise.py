"""Functions of one tensor, element by element: `nn.exp(t)` and, the same, `t.exp()`.

What is in FUNCTIONS becomes a function of `nn` and a method of `Tensor`, with the options that its
kernels take. Activations, which `nn.functional` has with its own signatures, are methods, too.
"""

import inspect
from collections.abc import Callable
from typing import Any

from crosscheck.kernels.elementwise.abs_ import ABS
from crosscheck.kernels.elementwise.clamp import CLAMP
from crosscheck.kernels.elementwise.exp import EXP
from crosscheck.kernels.elementwise.log import LOG
from crosscheck.kernels.elementwise.reciprocal import RECIPROCAL
from crosscheck.kernels.elementwise.rsqrt import RSQRT
from crosscheck.kernels.elementwise.sqrt import SQRT
from crosscheck.kernels.elementwise.square import SQUARE
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.nn.functional.activation import relu, sigmoid, tanh
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.tensor import Tensor

OPERATORS = (ABS, CLAMP, EXP, LOG, RECIPROCAL, RSQRT, SQRT, SQUARE)
ACTIVATIONS = (relu, sigmoid, tanh)


def _function(operator: Unary) -> Callable[..., Tensor]:
    """Return the function of an operator on tensors: (input, options)."""
    given = list(inspect.signature(operator.forward).parameters.values())
    options = [each for each in given[1:] if each.kind is not each.KEYWORD_ONLY]
    first = inspect.Parameter("input", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Tensor)
    signature = inspect.Signature([first, *options], return_annotation=Tensor)

    def function(*given: Any, **named: Any) -> Tensor:
        arguments = signature.bind(*given, **named).arguments
        return apply(operator, dict(input=arguments.pop("input")), arguments)[0]

    function.__name__ = function.__qualname__ = operator.name
    function.__signature__ = signature
    function.__doc__ = f"`torch.{operator.name}` of a floating dtype. Raises like its kernels."
    return function


FUNCTIONS = {each.name: _function(each) for each in OPERATORS}
FUNCTIONS |= {each.__name__: each for each in ACTIVATIONS}
globals().update(FUNCTIONS)
__all__ = [*FUNCTIONS]
