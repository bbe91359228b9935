"""A function of tensors, computed in one direction of a case. It imports torch."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.arrays import device as device_of
from crosscheck.parity.direction import Direction
from crosscheck.parity.operator import Operator
from crosscheck.parity.own.calling import keep
from crosscheck.parity.own.tensors import as_usual, lent


def compute(
    name: str,
    function: Callable[..., Any],
    operator: Operator,
    direction: Direction,
    given: Mapping[str, Array],
    options: Mapping[str, Any],
    outs: Mapping[str, Array],
) -> None:
    """Copy what the function returns, or one gradient of it, to `outs`.

    `function` gets the arguments of PyTorch's by name, in the memory and the layout of `given`, the
    arrays of a case. What it updates in place is a copy, and a result of its own.

    Raises `Unsupported` for an array that no tensor can be, ValueError for a result of another
    shape or dtype, and whatever the function raises.
    """
    inputs = {each: given[each] for each in operator.tensors if each in given}
    inputs, options = operator.reference_arguments(inputs, operator.reference_options(options))
    with as_usual(device_of(next(iter(outs.values())))):
        arguments = {each: lent(each, array) for each, array in inputs.items()}
        outputs = {each: lent(each, array) for each, array in outs.items()}
        updated = [each for each in operator.updates if each in arguments]
        arguments |= {each: arguments[each].clone() for each in updated}
        if direction.needs:
            arguments[direction.needs].requires_grad_()
        returned = function(**arguments, **options)
        results = returned if isinstance(returned, tuple) else (returned,)
        if direction.needs:
            dy = lent("grad_output", given["grad_output"])
            results = torch.autograd.grad(results[0], arguments[direction.needs], dy)
        else:
            results += tuple(arguments[each] for each in updated)
        with torch.no_grad():
            keep(name, results, outputs)
