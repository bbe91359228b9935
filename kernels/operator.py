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

from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.call import KINDS, Call
from crosscheck.kernels.kinds import NoKind, Remembered
from crosscheck.kernels.plan import Plan
from crosscheck.kernels.precision import allowed

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
    calls       what is known of calls, by the kinds of their arguments
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
        self.calls = Remembered()


class Operator:
    """An operator, as its family describes it.

    name        its name in PyTorch, and everywhere here
    algorithms  the family's table: direction -> name -> Algorithm
    examples    dtype -> calls of a small layer's size, which together launch every kernel; what
                gradients read of the forward pass may be left out: inspect then takes zeros
    directions  by name, entered by the decorator `direction`
    gradients   those of them that compute a gradient
    """

    def __init__(
        self,
        name: str,
        algorithms: Mapping[str, Mapping[str, Algorithm]],
        examples: Callable[[type], Iterator[Example]],
    ):
        self.name, self.algorithms, self.examples = name, algorithms, examples
        self.directions: dict[str, Direction] = {}
        self.gradients: list[Direction] = []

    def direction(self, plan: Callable[..., Plan]) -> Callable[[Callable], Callable]:
        """Return the decorator that enters a public function as the direction of its name.

        `plan(op, ...)` has the function's parameters, with the size of an array in its place; `op`
        is what messages call the direction. It makes the checks that are the family's own, and
        raises TypeError or ValueError. The function gets the attribute `operator`.
        """

        def enter(function: Callable) -> Callable:
            entered = self.directions[function.__name__] = Direction(function, plan)
            function.operator = self
            if entered.of:
                self.gradients.append(entered)
            return function

        return enter

    def run(self, direction: str, algorithm: str | None, outs: Any, *values: Any) -> Any:
        """Compute a direction: check, choose, allocate, view, launch (see `Call`).

        `outs` is the array given for the output, or None; of several outputs, a tuple. `values` are
        the direction's parameters in order. Returns the output, or a tuple.

        Raises TypeError or ValueError unless the arrays are NumPy's or CuPy's, on one device, and
        of one floating dtype but for the integers that the plan allows. An array that is None is
        passed to the kernels as one of size 0. Without anything to write, nothing is launched.
        """
        this = self.directions[direction]
        outs = outs if isinstance(outs, tuple) else (outs,)
        try:
            kinds = [KINDS[type(each)](each) for each in (algorithm, *outs, *values)]
            key = allowed(self.name), *kinds
        except NoKind:
            key = None
        known = this.calls.get(key)
        if known is None:
            known = Call(self, this, algorithm, outs, values)
            if key is not None:
                this.calls[key] = known
        return known.run(outs, values)

    def forget(self) -> None:
        """Drop what is known of calls: for whoever changes a check, a plan or an algorithm."""
        for each in self.directions.values():
            each.calls.clear()

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
    for name, whole, required in _parameters(function):
        if name in tensors:
            bound[name] = tensors[name]
        elif name in options:
            bound[name] = options[name]
        elif whole in tensors:
            bound[name] = tuple(tensors[whole].shape)
        elif required:
            there = ", ".join(sorted({*tensors, *options}))
            raise TypeError(f"{function.__qualname__}: nothing for {name} among {there}")
    return bound


@cache
def _parameters(function: Callable[..., Any]) -> list[tuple[str, str, bool]]:
    """Return what the function computes with: the names, what each would be the size of, "" for
    nothing, and whether it has no default.
    """
    return [
        (name, name.removesuffix(SIZE) if name.endswith(SIZE) else "", each.default is each.empty)
        for name, each in inspect.signature(function).parameters.items()
        if not _is_output(each)
    ]


def _is_output(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.KEYWORD_ONLY and _is_array(parameter)


def _is_array(parameter: inspect.Parameter) -> bool:
    return parameter.annotation in (Array, Array | None)
