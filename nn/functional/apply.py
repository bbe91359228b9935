"""Run an operator's kernels on tensors, and record its derivatives on the tape.

The derivative for the argument X is the operator's direction `X_gradient`, and the names of that
function's parameters say what it reads: arguments, what the forward pass returned, the shape of an
argument alone, options. Nothing else is kept for the backward pass.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.operator import Direction, Operator, bind
from crosscheck.nn.amp.casting import OUTSIDE, STATE, cast
from crosscheck.nn.tape import is_recording
from crosscheck.nn.tensor import Tensor, record


class Gradient(NamedTuple):
    """The derivative for one argument: a direction, and what it reads, by its parameters' names.

    `size` and `dtype` are the argument's. A float32 weight beside arrays of 16 bits has a gradient
    of its own dtype.
    """

    direction: Direction
    bound: Mapping[str, Any]
    size: tuple[int, ...]
    dtype: np.dtype

    def __call__(self, dy: Array) -> Array:
        out = None if dy.dtype == self.dtype else empty(self.size, self.dtype, dy)
        return self.direction.function(grad_output=dy, out=out, **self.bound)


def apply(
    operator: Operator,
    tensors: Mapping[str, Tensor | None],
    options: Mapping[str, Any],
    overwrite: Tensor | None = None,
    keep: bool = False,
) -> tuple[Tensor, ...]:
    """Return the operator's results as tensors; the derivatives of the first are on the tape.

    `tensors` and `options` are the arguments of its forward pass, by name; inside `nn.autocast`
    they are cast as it says. With `overwrite`, which is one of the tensors, the output is written
    to its array; with `keep`, derivatives read a copy of what it held. Raises TypeError for another
    type than a tensor.
    """
    forward = operator.directions["forward"]
    if overwrite is None and STATE.get() is not OUTSIDE:  # no call where nothing is cast
        tensors = cast(operator.name, tensors)
    arrays: dict[str, Array | None] = {}
    for name, tensor in tensors.items():
        if isinstance(tensor, Tensor):
            arrays[name] = tensor.array
        elif tensor is None and forward.defaults.get(name, ...) is None:
            arrays[name] = None
        else:
            reject(operator.name, name, type(tensor).__name__, "an nn.Tensor", TypeError)
    out = None if overwrite is None else overwrite.overwritable(operator.name)
    kept = {}
    if keep and overwrite is not None and overwrite.requires_grad and is_recording():
        kept = {name: Tensor(out.copy()) for name, each in tensors.items() if each is overwrite}
        arrays |= {name: each.array for name, each in kept.items()}
    results = forward.function(**arrays, **options, out=out)
    results = results if isinstance(results, tuple) else (results,)
    output = Tensor(results[0]) if overwrite is None else overwrite
    derive(operator, tensors, options, results, output, overwrite, kept)
    return output, *[Tensor(each) for each in results[1:]]


def derive(
    operator: Operator,
    tensors: Mapping[str, Tensor | None],
    options: Mapping[str, Any],
    results: tuple[Array, ...],
    output: Tensor,
    overwrite: Tensor | None = None,
    kept: Mapping[str, Tensor] = MappingProxyType({}),
) -> None:
    """Put the operator's derivatives on the tape: those of `output`, the first of its results.

    `kept` is read in the place of tensors that were overwritten.
    """
    derived = [each for each in operator.gradients if _is_recorded(tensors[each.of], overwrite)]
    if derived:
        read = {**tensors, **kept, "output": output}
        saved = {name: each if each is None else each.array for name, each in read.items()}
        saved |= dict(zip(operator.directions["forward"].results, results, strict=True))
        saved["grad_output"] = None
        edges = [_edge(each, tensors[each.of], read, saved, options) for each in derived]
        record(operator.name, output, *edges)


def _is_recorded(tensor: Tensor | None, overwrite: Tensor | None) -> bool:
    if tensor is None:
        return False
    return tensor is overwrite or (tensor.requires_grad and is_recording())


def _edge(
    direction: Direction,
    source: Tensor,
    read: Mapping[str, Tensor | None],
    saved: Mapping[str, Array | None],
    options: Mapping[str, Any],
) -> tuple[Any, ...]:
    """Return what `record` takes: the input, its derivative, the tensors that the latter reads."""
    bound = bind(direction.function, saved, options)
    del bound["grad_output"]
    read_by_it = [tensor for name, tensor in read.items() if name in bound]
    return source, Gradient(direction, bound, source.shape, source.dtype), *read_by_it
