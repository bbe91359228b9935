"""A direction's public function made from its parameters, for operators that share a mechanism."""

import inspect
from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan

_OWN = (
    Parameter("algorithm", Parameter.KEYWORD_ONLY, default=None, annotation=str | None),
    Parameter("out", Parameter.KEYWORD_ONLY, default=None, annotation=Array | None),
)


def array(name: str) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=Array)


def optional_array(name: str) -> Parameter:
    kind = Parameter.POSITIONAL_OR_KEYWORD
    return Parameter(name, kind, default=None, annotation=Array | None)


def option(name: str, kind: type, default: Any) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def options(function: Callable[..., Any]) -> list[Parameter]:
    """Return the parameters of a function (op, options): the options."""
    return list(inspect.signature(function).parameters.values())[1:]


def define(
    operator: Operator,
    direction: str,
    parameters: Sequence[Parameter],
    plan: Callable[..., Plan],
    description: str,
) -> Callable[..., Array]:
    """Enter and return the function (parameters, *, algorithm=None, out=None) of a direction."""
    signature = inspect.Signature([*parameters, *_OWN], return_annotation=Array)
    count = len(parameters)

    def function(*given: Any, algorithm: Any = None, out: Any = None, **named: Any) -> Array:
        if named or len(given) != count:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            given = bound.args
        return operator.run(direction, algorithm, out, *given)

    function.__name__ = function.__qualname__ = direction
    function.__signature__ = signature
    function.__doc__ = description
    return operator.direction(plan)(function)
