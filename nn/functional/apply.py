"""Run an operator's kernels on tensors, and record its derivatives on the tape.

The derivative for the argument X is the operator's direction `X_gradient`, and the names of that
function's parameters say what it reads: arguments, what the forward pass returned, the shape of an
argument alone, options. Nothing else is kept for the backward pass.
"""

from collections.abc import Mapping
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Direction, Operator, bind
from crosscheck.nn.tensor import Tensor, record


def apply(
    operator: Operator,
    tensors: Mapping[str, Tensor | None],
    options: Mapping[str, Any],
    overwrite: Tensor | None = None,
) -> tuple[Tensor, ...]:
    """Return the operator's results as tensors; the derivatives of the first are on the tape.

    `tensors` and `options` are the arguments of its forward pass, by name. With `overwrite`, which
    is one of the tensors, the output is written to its array. Raises TypeError for another type
    than a tensor.
    """
    forward = operator.directions["forward"]
    arrays: dict[str, Array | None] = {}
    for name, tensor in tensors.items():
        left_out = tensor is None and forward.defaults.get(name, ...) is None
        if not (left_out or isinstance(tensor, Tensor)):
            reject(operator.name, name, type(tensor).__name__, "an nn.Tensor", TypeError)
        arrays[name] = None if tensor is None else tensor.array
    out = None if overwrite is None else overwrite.overwritable(operator.name)
    results = forward.function(**arrays, **options, out=out)
    results = results if isinstance(results, tuple) else (results,)
    output = Tensor(results[0]) if overwrite is None else overwrite
    saved = {**arrays, **dict(zip(forward.results, results, strict=True))}
    edges = [
        _edge(each, {**tensors, "output": output}, saved, options)
        for each in operator.directions.values()
        if each.of and _is_recorded(tensors[each.of], overwrite)
    ]
    record(operator.name, output, *edges)
    return output, *(Tensor(each) for each in results[1:])


def _is_recorded(tensor: Tensor | None, overwrite: Tensor | None) -> bool:
    return tensor is not None and (tensor.requires_grad or tensor is overwrite)


def _edge(
    direction: Direction,
    tensors: Mapping[str, Tensor | None],
    saved: Mapping[str, Array | None],
    options: Mapping[str, Any],
) -> tuple[Any, ...]:
    """Return what `record` takes: the input, its derivative, the tensors that the latter reads."""
    bound = bind(direction.function, {**saved, "grad_output": None}, options)
    del bound["grad_output"]

    def derivative(dy: Array) -> Array:
        return direction.function(grad_output=dy, **bound)

    read = [tensor for name, tensor in tensors.items() if name in bound]
    return tensors[direction.of], derivative, *read
