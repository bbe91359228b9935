"""Losses of two arrays, element by element: one mechanism for all of them.

A loss is its formula and its derivatives, as device functions, and the numbers that they take:

    @device_function
    def square(x, t):
        return (x - t) * (x - t)

    @device_function
    def square_gradient(dy, x, t):
        return dy * (x - t) + dy * (x - t)

    MSE_LOSS = Pointwise("mse_loss", square, square_gradient)

What one element is worth, f[i], has a weight where there are some, and is kept or added up:

    none   y[i] = w[i] * f[i]
    sum    the sum of all y[i]
    mean   that sum divided by the number of elements or, where the loss says so, by the sum of the
           weights

The kernels are those of pointwise_kernels.py, and pointwise_launch.py launches them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from crosscheck.kernels import public_function
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.elementwise.unary import Numbers, no_numbers
from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.loss.pointwise_launch import (
    WEIGHTS,
    Problem,
    forward_direct,
    forward_tree,
    gradient_direct,
    none,
)
from crosscheck.kernels.loss.reduction import checked
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction.to_size import expandable

DESCRIPTION = """Return torch.nn.functional.{name}: a number for each element for 'none', else ().

All arrays are of one floating dtype; {shapes}. Raises TypeError or ValueError before
anything is launched.
"""
PAIR = "input and target broadcast, and weights have the input's shape"
ALONE = "the target has the input's shape, to which weights broadcast"
GRADIENT_DESCRIPTION = """Return the gradient of `forward` for its {of}.

grad_output has the shape of its result. Raises like `forward`.
"""


def _keeps(problem: Problem) -> str:
    return "" if problem.reduction != "none" else "'none' leaves nothing to add up"


def _reduces(problem: Problem) -> str:
    return "" if problem.reduction == "none" else f"it cannot add up for {problem.reduction!r}"


class Pointwise(Operator):
    """An operator on an input and a target: `forward`, `input_gradient`, `target_gradient`.

    name             its name in PyTorch
    formula          (x, t, *numbers) -> the loss of one element, a device function. With a third
                     parameter called p, it is given the element's pos_weight, or 1
    derivative       (dy, x, t, *numbers) -> dx, likewise
    target_derivative  the same for the target; None: the loss stays the same where x and t change
                     places, and the derivative is used with them exchanged
    numbers          (op, options) -> what all get beside the elements: see `Unary`
    weights          the arrays of weights that it takes, of WEIGHTS
    broadcasts_weights  whether these broadcast to the input's shape, which the target must have;
                     else input and target broadcast, and the weights must have the input's
    by_weights       whether a mean is divided by the sum of the weights
    check            (op, name, array) -> raises where input or target has values it may not have
    """

    def __init__(
        self,
        name: str,
        formula: DeviceFunction,
        derivative: DeviceFunction,
        target_derivative: DeviceFunction | None = None,
        numbers: Callable[..., Numbers] = no_numbers,
        weights: tuple[str, ...] = ("weight",),
        broadcasts_weights: bool = False,
        by_weights: bool = False,
        check: Callable[[str, str, Array], None] | None = None,
    ) -> None:
        of_input = derivative, "input_gradient_kernel"
        of_target = partial(gradient_direct, *of_input, True, by_weights)
        if target_derivative is not None:
            kernel = target_derivative, "target_gradient_kernel"
            of_target = partial(gradient_direct, *kernel, False, by_weights)
        tables = {
            "forward": table(
                Algorithm("tree", self._with_all(partial(forward_tree, formula), 2), _keeps),
                Algorithm("direct", self._with_all(partial(forward_direct, formula), 2), _reduces),
            ),
            "input_gradient": table(
                Algorithm(
                    "direct",
                    self._with_all(partial(gradient_direct, *of_input, False, by_weights), 3),
                )
            ),
            "target_gradient": table(Algorithm("direct", self._with_all(of_target, 3))),
        }
        super().__init__(name, tables, self._examples)
        self.weights, self.by_weights = weights, by_weights
        self.broadcasts_weights = broadcasts_weights
        self._rule = numbers, check
        text = DESCRIPTION.format(name=name, shapes=ALONE if broadcasts_weights else PAIR)
        options = [public_function.option("reduction", str, "mean")]
        options += [public_function.optional_array(each) for each in weights]
        options += public_function.options(numbers)
        array = public_function.array
        pair = [array("input"), array("target")]
        self.forward = public_function.define(
            self, "forward", [*pair, *options], self._forward_plan, text
        )
        self.input_gradient, self.target_gradient = (
            public_function.define(
                self,
                f"{of}_gradient",
                [array("grad_output"), *pair, *options],
                partial(self._gradient_plan, of),
                GRADIENT_DESCRIPTION.format(of=of),
            )
            for of in ("input", "target")
        )

    def _with_all(self, run: Callable[..., None], leading: int) -> Callable[..., None]:
        """Return `run` for arrays of which the weights that this loss does not take are left out.

        `leading` arrays come before them.
        """

        def complete(problem: Problem, *arrays: Array) -> None:
            given = dict(zip(self.weights, arrays[leading:], strict=False))
            every = [given.get(each, none(arrays[0])) for each in WEIGHTS]
            run(problem, *arrays[:leading], *every, arrays[-1])

        return complete

    def _examples(self, dtype: type) -> Iterator[Example]:
        x = np.zeros((128, 16), dtype)
        yield {"input": x, "target": x}, {"reduction": "none"}
        yield {"input": x, "target": x}, {}

    def _plan(
        self, op: str, input: Size, target: Size, reduction: str, rest: tuple, output: Output | None
    ) -> Plan:
        numbers, check = self._rule
        each = checked(op, reduction) == "none"
        sizes = dict(zip(self.weights, rest, strict=False))
        shape = tuple(input)
        if not self.broadcasts_weights:
            shape = operands.broadcast(op, input, target, "target")
        loss = operands.output(shape, input=input, target=target) if each else Output(())
        given = tuple(sizes.get(name) is not None for name in WEIGHTS)
        problem = Problem(
            reduction,
            shape,
            given,
            self.by_weights and reduction == "mean" and given[0],
            numbers(op, *rest[len(self.weights) :]),
        )
        required = {"grad_output": loss.size}
        if self.broadcasts_weights:
            required["target"] = input
            for name, size in sizes.items():
                if size is not None:
                    expandable(op, f"{name}.shape", size, input)
        else:
            required |= dict.fromkeys(self.weights, input)
        checks = {name: partial(check, op, name) for name in ("input", "target") if check}
        return Plan(problem, [output or loss], sizes=required, checks=checks)

    def _forward_plan(self, op: str, input: Size, target: Size, reduction: str, *rest: Any) -> Plan:
        return self._plan(op, input, target, reduction, rest, None)

    def _gradient_plan(
        self,
        of: str,
        op: str,
        grad_output: Size,
        input: Size,
        target: Size,
        reduction: str,
        *rest: Any,
    ) -> Plan:
        size = input if of == "input" else target
        return self._plan(op, input, target, reduction, rest, Output(size, like=of))
