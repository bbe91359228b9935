"""Calling an operator's functions by the names of what there is.

A parameter of a direction's function is named for what it is:

    input, weight, target ...   an argument of the forward pass
    grad_output                 the gradient of its result
    output, indices, rstd ...   what the forward pass returned
    <name>_size                 the shape of <name>, where its values are not needed
    stride, reduction ...       an option

The gradient for the argument X is the function `X_gradient`. So whoever has the arrays by name, as
the parity suite has, can call any direction of any operator.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

SIZE = "_size"


def bind(
    function: Callable[..., Any], tensors: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the keyword arguments with which to call `function`, a direction of an operator.

    Each comes from `tensors` (arrays or tensors by name), from `options`, or is the shape of one of
    the tensors. What is in neither is left to its default. Raises TypeError where it has none.
    """
    bound = {}
    for name, required in _parameters(function).items():
        whole = name.removesuffix(SIZE)
        if name in tensors:
            bound[name] = tensors[name]
        elif name in options:
            bound[name] = options[name]
        elif whole != name and whole in tensors:
            bound[name] = tuple(tensors[whole].shape)
        elif required:
            there = ", ".join(sorted({*tensors, *options}))
            raise TypeError(f"{function.__qualname__}: nothing for {name} among {there}")
    return bound


@cache
def _parameters(function: Callable[..., Any]) -> dict[str, bool]:
    """Return the names of the function's parameters; True: it has no default."""
    given = inspect.signature(function).parameters.values()
    return {each.name: each.default is each.empty for each in given}
