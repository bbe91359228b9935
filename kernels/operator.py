"""An operator: its directions, and the way of an array from the user's call to the kernel.

A direction is a public function with an explicit signature, `forward`, `input_gradient` ... Its
parameters are named for what they are:

    input, weight, target ...   an argument of the forward pass
    grad_output                 the gradient of its result
    output, indices, rstd ...   what the forward pass returned
    <name>_size                 the shape of <name>, where its values are not needed
    stride, reduction ...       an option

The gradient for the argument X is the direction `X_gradient`. The names say how to call any
direction of any operator: the tape, PyTorch, parity and inspect derive their calls from them.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array, empty_of, facts
from crosscheck.kernels.plan import Plan
from crosscheck.kernels.views import Views

GRADIENT, SIZE = "_gradient", "_size"

# Arrays and options by name, as `bind` takes them.
Example = tuple[Mapping[str, Array], Mapping[str, Any]]


class Direction:
    """One direction of an operator: a public function, its plan, and what its signature tells.

    parameters  the names of what it computes with: all but `algorithm` and the outputs
    arrays      those of them that are arrays
    defaults    of the parameters that have one; None: the array may be left out
    outs        the keywords of the outputs, `out` first
    results     what other directions call the outputs, `output` first
    of          the argument whose gradient it computes, "" for another direction
    size        the parameter that may stand for that argument
    """

    def __init__(self, function: Callable[..., Any], plan: Callable[..., Plan]):
        self.name, self.function, self.plan = function.__name__, function, plan
        given = inspect.signature(function).parameters.values()
        self.outs = tuple(each.name for each in given if _is_output(each))
        self.results = tuple("output" if each == "out" else each for each in self.outs)
        own = [each for each in given if each.name not in ("algorithm", *self.outs)]
        self.parameters = tuple(each.name for each in own)
        self.arrays = tuple(each.name for each in own if _is_array(each))
        self.defaults = {
            each.name: each.default for each in given if each.default is not each.empty
        }
        self.of = self.name.removesuffix(GRADIENT) if self.name.endswith(GRADIENT) else ""
        self.size = self.of + SIZE


class Operator:
    """An operator, as its family describes it.

    name        its name in PyTorch, and everywhere here
    algorithms  the family's table: direction -> name -> Algorithm
    examples    dtype -> calls of a small layer's size, which together launch every kernel; what
                gradients read of the forward pass may be left out: inspect then takes zeros
    directions  by name, entered by the decorator `direction`
    """

    def __init__(
        self,
        name: str,
        algorithms: Mapping[str, Mapping[str, Algorithm]],
        examples: Callable[[type], Iterator[Example]],
    ):
        self.name, self.algorithms, self.examples = name, algorithms, examples
        self.directions: dict[str, Direction] = {}

    def direction(self, plan: Callable[..., Plan]) -> Callable[[Callable], Callable]:
        """Return the decorator that enters a public function as the direction of its name.

        `plan(op, ...)` has the function's parameters, with the size of an array in its place; `op`
        is what messages call the direction. It makes the checks that are the family's own, and
        raises TypeError or ValueError.
        """

        def enter(function: Callable) -> Callable:
            self.directions[function.__name__] = Direction(function, plan)
            return function

        return enter

    def run(self, direction: str, algorithm: str | None, outs: Any, *values: Any) -> Any:
        """Compute a direction: check, choose, allocate, view, launch.

        `outs` is the array given for the output, or None; of several outputs, a tuple. `values` are
        the direction's parameters in order. Returns the output, or a tuple.

        Raises TypeError or ValueError unless the arrays are NumPy's or CuPy's, on one device, and
        of one floating dtype but for the integers that the plan allows. An array that is None is
        passed to the kernels as one of size 0. Without anything to write, nothing is launched.
        """
        this, op = self.directions[direction], self.label(direction)

        # Check: the kind of every array, then what the plan says of sizes, dtypes and options.
        arrays, given, known = {}, [], {}
        for name, value in zip(this.parameters, values, strict=True):
            if name in this.arrays:
                arrays[name] = value
                if value is not None or this.defaults.get(name, ...) is not None:
                    known[name] = facts(value) or arguments.no_array(op, name, type(value))
                    value = known[name].shape
            elif name == this.size and value is not None:
                value = arguments.size(op, name, value)
            given.append(value)
        plan = this.plan(op, *given)
        first = arguments.alike(op, known, plan.integers)
        for name, each in known.items():
            if name in plan.sizes:
                arguments.shape(op, name, each, plan.sizes[name])
            if name in plan.updated:
                arguments.writable(op, name, arrays[name])
        for name, check in plan.checks.items():
            check(arrays[name])

        # Choose and allocate.
        table = self.algorithms[direction]
        chosen = choose(op, direction, table, plan.problem, first.device, algorithm)
        results = list(outs if isinstance(outs, tuple) else (outs,))
        for i, each in enumerate(plan.outputs):
            size, dtype = each.size, each.dtype or first.dtype
            if results[i] is None:
                results[i] = empty_of(first.library, size, dtype, each.strides(known))
            else:
                arguments.output(op, this.outs[i], results[i], size, dtype, first.device)

        # View and launch.
        if not results or any(out.size for out in results):
            for name, array in arrays.items():
                if array is None:
                    arrays[name] = empty_of(first.library, (0,), first.dtype)
                elif name in plan.views:
                    arrays[name] = array.reshape(plan.views[name])
            views = [
                Views.folded(out, plan.views.get(name, out.shape))
                for name, out in zip(this.outs, results, strict=True)
            ]
            chosen.run(plan.problem, *arrays.values(), *(each.out for each in views))
            for each in views:
                each.finish()
        return results[0] if len(results) == 1 else tuple(results)

    def plan(self, direction: str, given: Mapping[str, Any]) -> Plan:
        """Return the plan of a direction with these arguments; what is absent has its default.

        Instead of arrays there may be tensors of PyTorch's compiler, whose sizes are symbols.
        """
        this = self.directions[direction]
        values = {name: given.get(name, this.defaults.get(name)) for name in this.parameters}
        sizes = {name: values[name].shape for name in this.arrays if values[name] is not None}
        return this.plan(self.label(direction), *(values | sizes).values())

    def label(self, direction: str) -> str:
        """Return what messages call a direction."""
        return f"{self.name} {direction}" if direction.endswith(GRADIENT) else self.name


def bind(
    function: Callable[..., Any], tensors: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the keyword arguments with which to call `function`, a direction of an operator.

    Each comes from `tensors` (arrays or tensors by name), from `options`, or is the shape of one of
    the tensors. What is in neither is left to its default, and so are the outputs. Raises TypeError
    where there is no default.
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
    """Return the names of what the function computes with; True: it has no default."""
    given = inspect.signature(function).parameters.values()
    return {each.name: each.default is each.empty for each in given if not _is_output(each)}


def _is_output(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.KEYWORD_ONLY and _is_array(parameter)


def _is_array(parameter: inspect.Parameter) -> bool:
    return parameter.annotation in (Array, Array | None)
