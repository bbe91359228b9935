"""An operator of kernels as operators of PyTorch, one for each direction: `Operators(RELU)`.

    RELU = Operators(relu.RELU)
    y = RELU.forward(x)                    # crosscheck::relu, which PyTorch can differentiate
    dx = RELU.input_gradient(dy, y)        # crosscheck::relu_input_gradient

All of it follows from the operator: the schema from a direction's signature, the outputs from its
plan, and the derivatives of the forward pass from the directions `X_gradient`, whose parameters say
what to save for them. The derivatives of those are formulas, one function each:

    @RELU.derivative("input_gradient")
    def _(v, output):
        return {"grad_output": lambda: RELU.input_gradient(v, output)}
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.library import CustomOpDef

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import GRADIENT, Direction, Operator, bind
from crosscheck.kernels.plan import Output
from crosscheck.nn.torch_ops.dtypes import OF_ARRAYS, computed
from crosscheck.nn.torch_ops.memory import launch
from crosscheck.nn.torch_ops.operator import check, define, leading

WORD = int | Sequence[int] | str
TYPES = {
    Array: "Tensor",
    Array | None: "Tensor?",
    bool: "bool",
    int: "SymInt",
    int | None: "SymInt?",
    float: "float",
    str: "str",
    Sequence[int]: "SymInt[]",
    Sequence[float]: "float[]",
    Sequence[int] | None: "SymInt[]?",
    int | Sequence[int]: "SymInt[]",
    int | Sequence[int] | None: "SymInt[]",  # none of them: None
    int | Sequence[int | None]: "SymInt[]",
    WORD: "SymInt[]?",  # a schema has no type for both: None stands for 'same'
}

# (v, ...) -> argument -> a function that computes the gradient for it. v is the gradient of what
# the direction returned; the other parameters say which of its arguments, or whose shapes, to save;
# `**saved`: all of them.
Formulas = Callable[..., Mapping[str, Callable[[], Tensor]]]
Named = Mapping[str, Any]


class Images(NamedTuple):
    """What decides the memory order of an output."""

    shape: Sequence[int]
    strides: Sequence[int]


class Operators:
    """The directions of an operator, each an attribute of its own name."""

    def __init__(self, operator: Operator, directions: Sequence[str] | None = None):
        """Register the directions of these names; without names, all."""
        self._operator = operator
        names = operator.directions if directions is None else directions
        self._directions = {name: operator.directions[name] for name in names}
        for direction in self._directions.values():
            setattr(self, direction.name, self._define(direction))
        if "forward" in self._directions:
            self._differentiate("forward", self._read_by_gradients, self._gradients)

    def call(self, direction: str, **named: Any) -> Tensor:
        """Call a direction with those of the arguments, or shapes, that it has parameters for."""
        this = self._directions[direction]
        bound = bind(this.function, named, {})
        return getattr(self, direction)(*map(bound.get, this.parameters))

    def derivative(self, direction: str) -> Callable[[Formulas], None]:
        """Return the decorator that gives a direction its derivatives."""

        def enter(formulas: Formulas) -> None:
            v, *given = inspect.signature(formulas).parameters.values()
            everything = any(each.kind is each.VAR_KEYWORD for each in given)

            def read(wanted: Sequence[str], named: Named) -> dict[str, Any]:
                bound = dict(named) if everything else bind(formulas, {**named, v.name: None}, {})
                bound.pop(v.name, None)
                return bound

            def compute(wanted: Sequence[str], dy: Tensor, saved: Named) -> dict[str, Tensor]:
                found = formulas(dy, **saved)
                return {name: found[name]() for name in wanted if name in found}

            self._differentiate(direction, read, compute)

        return enter

    def _read_by_gradients(self, wanted: Sequence[str], named: Named) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for name in wanted:
            function = self._directions[name + GRADIENT].function
            read |= bind(function, {**named, "grad_output": None}, {})
        return read

    def _gradients(self, wanted: Sequence[str], dy: Tensor, saved: Named) -> dict[str, Tensor]:
        read = {**saved, "grad_output": dy}
        return {name: self.call(name + GRADIENT, **read) for name in wanted}

    def _differentiate(
        self,
        direction: str,
        read: Callable[[Sequence[str], Named], dict[str, Any]],
        compute: Callable[[Sequence[str], Tensor, Named], dict[str, Tensor]],
    ) -> None:
        """Save what `read` returns, and give the arguments the gradients that `compute` returns."""
        this = self._directions[direction]

        def wanted(ctx: Any) -> list[str]:
            wants = zip(this.parameters, ctx.needs_input_grad, strict=False)  # PyTorch adds one
            return [name for name, want in wants if want]

        def save(ctx: Any, inputs: tuple, output: Any) -> None:
            named = dict(zip(this.parameters, inputs, strict=True))
            if direction == "forward":
                results = output if isinstance(output, tuple) else (output,)
                named |= dict(zip(this.results, results, strict=True))
            saved = read(wanted(ctx), named)
            tensors = {name: value for name, value in saved.items() if isinstance(value, Tensor)}
            ctx.names = tuple(tensors)
            ctx.rest = {name: saved[name] for name in saved if name not in tensors}
            ctx.save_for_backward(*tensors.values())

        def backward(ctx: Any, v: Tensor, *_: Any) -> tuple:
            saved = {**ctx.rest, **dict(zip(ctx.names, ctx.saved_tensors, strict=True))}
            found = compute(wanted(ctx), v, saved)
            return tuple(map(found.get, this.parameters))

        getattr(self, direction).register_autograd(backward, setup_context=save)

    def _define(self, direction: Direction) -> CustomOpDef:
        operator, name = self._operator, direction.name
        given = inspect.signature(direction.function).parameters
        types = {each: TYPES[given[each].annotation] for each in direction.parameters}
        words = [each for each in direction.parameters if given[each].annotation == WORD]

        def outputs(*values: Any) -> Any:
            named = decoded(values)
            plan = operator.plan(name, named)
            integers = {
                each: [OF_ARRAYS[np.dtype(kind)] for kind in plan.integers[each]]
                for each in plan.integers
            }
            check(operator.label(name), named, integers, plan.computed, plan.mixed)
            _, first = leading(named, plan.computed, plan.mixed)
            results = tuple(_allocate(each, named, first) for each in plan.outputs)
            return results if len(results) > 1 else results[0]

        def decoded(values: Sequence[Any]) -> dict[str, Any]:
            named = dict(zip(direction.parameters, values, strict=True))
            return named | {each: "same" for each in words if named[each] is None}

        def run(*values: Any) -> Any:
            results = outputs(*values)
            each = results if isinstance(results, tuple) else (results,)
            outs = dict(zip(direction.outs, each, strict=True))
            launch(direction.function, tuple(decoded(values).values()), outs)
            return results

        schema = ", ".join(f"{kind} {each}" for each, kind in types.items())
        returned = ", ".join(["Tensor"] * len(direction.outs))
        suffix = "" if name == "forward" else f"_{name}"
        return define(f"{operator.name}{suffix}", f"({schema}) -> ({returned})", outputs, run)


def _allocate(output: Output, named: Named, first: Tensor) -> Tensor:
    """Return an output; `first` is the tensor whose dtype it has unless it says otherwise.

    The gradient of a weight that may be float32 is float32: PyTorch rounds it to the weight's.
    """
    dtype = first.dtype
    if output.computed or output.mixed:
        dtype = computed(dtype)
    elif output.dtype is not None:
        dtype = OF_ARRAYS[np.dtype(output.dtype)]
    if output.like:
        return torch.empty_like(named[output.like], dtype=dtype)
    images = {name: Images(named[name].shape, named[name].stride()) for name in output.nhwc}
    strides = output.strides(images)
    if strides is None:
        return first.new_empty(output.size, dtype=dtype)
    return first.new_empty_strided(output.size, strides, dtype=dtype)
