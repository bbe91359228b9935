"""The referee: PyTorch itself, registered as `torch` for every operator it computes.

It computes in the dtype and the layout of each case, on its device, gradients by autograd. float32
is IEEE's: TF32 stays off. dropout is left out, whose results are random.
"""

from collections.abc import Callable
from typing import Any

from crosscheck.parity import reference
from crosscheck.parity.operator import Operator
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.own.differentiable import differentiable

NAME = "torch"


def register() -> None:
    """Register PyTorch's functions under the name "torch"."""
    for op, operator in OPERATORS.items():
        if not operator.reference_function:
            differentiable(op, name=NAME)(_function(operator))


def _function(operator: Operator) -> Callable[..., Any]:
    def compute(**arguments: Any) -> Any:
        return reference.call(operator, operator.torch_function, arguments)

    return compute
