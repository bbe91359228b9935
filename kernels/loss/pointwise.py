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

"direct" is one thread per element. "tree" is many blocks, each of which adds up its elements (as
thread t the elements t, t + all threads, ...) by a tree in shared memory, and one block that adds
up theirs: the same order in every run, no atomics. Any shape and strides: single elements follow
the memory order of the output, sums that of the input in every direction, so that wherever results
go, all directions divide by the same total of weights. See kernels.views.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels import public_function
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.block_reduce import THREADS, block_and_thread, block_sum
from crosscheck.kernels.elementwise.unary import Numbers, no_numbers
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, kernel, real
from crosscheck.kernels.loss.reduction import checked, sum_into
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import Views

BLOCKS = 256  # more would only give the last block more to add up
TERMS = 8  # of one thread, at least, before there is another block
WEIGHTS = ("weight", "pos_weight")

DESCRIPTION = """Return torch.nn.functional.{name}: of the input's shape for 'none', else ().

All arrays are of one dtype, float32 or float64; the target has the input's shape{weights}.
Raises TypeError or ValueError before anything is launched.
"""
GRADIENT_DESCRIPTION = """Return the gradient of `forward` for its {of}.

grad_output has the shape of its result. Raises like `forward`.
"""


@dataclass(frozen=True)
class Problem:
    """`count` elements; `given`: which of WEIGHTS there are.

    by_weights: it is a mean, and divided by the sum of the weights.
    """

    reduction: str
    count: int
    given: tuple[bool, ...]
    by_weights: bool
    numbers: Numbers


def _takes_p(function: DeviceFunction) -> bool:
    return "p" in inspect.signature(function.py_func).parameters


def _beside(made: Any, function: DeviceFunction, name: str) -> Any:
    """Return a kernel named as if it stood beside the formula or derivative."""
    made.rename(name)
    made.py_func.__module__ = function.py_func.__module__
    return made


@cache
def formula_kernels(formula: DeviceFunction) -> tuple[Any, Any]:
    """Return the kernels of single elements and of sums."""
    if _takes_p(formula):

        @device_function
        def value(x, t, p, i, numbers):
            return formula(x[i], t[i], p[i] if p.shape[0] != 0 else real(1), *numbers)
    else:

        @device_function
        def value(x, t, p, i, numbers):
            return formula(x[i], t[i], *numbers)

    @kernel
    def forward_kernel(x, t, w, p, y, numbers):
        """x, t, y (i); w, p (i) or (0)."""
        i = index(cuda.grid(1))
        if i < index(y.shape[0]):
            term = value(x, t, p, i, numbers)
            y[i] = w[i] * term if w.shape[0] != 0 else term

    @kernel
    def partial_kernel(x, t, w, p, sums, weights, numbers):
        """x, t (i); w, p (i) or (0); sums and weights (blocks): what each block added up."""
        scratch = cuda.shared.array(THREADS, real)
        block, thread = block_and_thread()
        step = index(cuda.gridDim.x) * THREADS
        acc, weight = real(0), real(0)
        for i in range(block * THREADS + thread, index(x.shape[0]), step):
            term = value(x, t, p, i, numbers)
            if w.shape[0] != 0:
                acc += w[i] * term
                weight += w[i]
            else:
                acc += term
        acc = block_sum(scratch, thread, acc)
        weight = block_sum(scratch, thread, weight)
        if thread == 0:
            sums[block] = acc
            weights[block] = weight

    one, many = "forward_kernel", "partial_kernel"
    return _beside(forward_kernel, formula, one), _beside(partial_kernel, formula, many)


# The sum hands dy to every element, the mean dy / divisor: the derivative is of that, times w.
@cache
def gradient_kernel(derivative: DeviceFunction, name: str) -> Any:
    """Return the kernel of a derivative, under a name that tells it from the loss's other."""
    if _takes_p(derivative):

        @device_function
        def slope(dy, x, t, p, i, numbers):
            return derivative(dy, x[i], t[i], p[i] if p.shape[0] != 0 else real(1), *numbers)
    else:

        @device_function
        def slope(dy, x, t, p, i, numbers):
            return derivative(dy, x[i], t[i], *numbers)

    @kernel
    def derivative_kernel(dy, x, t, w, p, by, divisor, each, dx, numbers):
        """x, t, dx (i); w, p (i) or (0); dy (i) where `each`, else (1).

        The divisor is by[0], or `divisor` where by is (0).
        """
        i = index(cuda.grid(1))
        if i < index(dx.shape[0]):
            scale = dy[i if each else index(0)] / (by[0] if by.shape[0] != 0 else divisor)
            found = slope(scale, x, t, p, i, numbers)
            dx[i] = w[i] * found if w.shape[0] != 0 else found

    return _beside(derivative_kernel, derivative, name)


def _forward_direct(formula: DeviceFunction, problem: Problem, *arrays: Array) -> None:
    *inputs, y = arrays
    views = _rows(problem, y, *inputs)
    formula_kernels(formula)[0].forall(y.size)(*views.inputs, views.out, problem.numbers)
    views.finish()


def _forward_tree(formula: DeviceFunction, problem: Problem, *arrays: Array) -> None:
    *inputs, y = arrays
    sums, weights = _partial(formula, problem, *inputs)
    sum_into(sums, *_divisor(problem, weights), y.reshape(1))


def _gradient_direct(
    formula: DeviceFunction,
    derivative: DeviceFunction,
    name: str,
    swapped: bool,
    problem: Problem,
    dy: Array,
    *arrays: Array,
) -> None:
    *inputs, dx = arrays
    x, t, w, p = inputs
    weights = _partial(formula, problem, *inputs)[1] if problem.by_weights else _none(x)
    by, divisor = _divisor(problem, weights)
    each = problem.reduction == "none"
    pair = (t, x) if swapped else (x, t)
    views = _rows(problem, dx, *pair, w, p, *([dy] if each else []))
    *inputs, dy = views.inputs if each else (*views.inputs, dy.reshape(1))
    launch = gradient_kernel(derivative, name).forall(dx.size)
    launch(dy, *inputs, by, divisor, each, views.out, problem.numbers)
    views.finish()


def _divisor(problem: Problem, weights: Array) -> tuple[Array, float]:
    """Return what divides: by[0] or, where by is (0), the number."""
    if problem.by_weights:
        total = empty((1,), weights.dtype, weights)
        sum_into(weights, _none(weights), 1.0, total)
        return total, 1.0
    return _none(weights), float(problem.count) if problem.reduction == "mean" else 1.0


def _rows(problem: Problem, order: Array, *arrays: Array) -> Views:
    """Return arrays as rows in the memory order of `order`; weights that are absent stay (0)."""
    absent = [place for place, given in zip((2, 3), problem.given, strict=True) if not given]
    there = [each for place, each in enumerate(arrays) if place not in absent]
    views = Views.merged(order, *there, rank=1)
    for place in absent:
        views.inputs.insert(place, arrays[place])
    return views


def _partial(formula: DeviceFunction, problem: Problem, *inputs: Array) -> tuple[Array, Array]:
    x = inputs[0]
    blocks = max(1, min(BLOCKS, -(-problem.count // (THREADS * TERMS))))
    sums, weights = (empty((blocks,), x.dtype, x) for _ in range(2))
    rows = _rows(problem, x, *inputs).inputs
    formula_kernels(formula)[1][blocks, THREADS](*rows, sums, weights, problem.numbers)
    return sums, weights


def _none(like: Array) -> Array:
    return empty((0,), like.dtype, like)  # kernels take no None


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
    broadcasts       whether these may broadcast to the input's shape; else they must have it
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
        broadcasts: bool = False,
        by_weights: bool = False,
        check: Callable[[str, str, Array], None] | None = None,
    ) -> None:
        run_gradient = partial(_gradient_direct, formula)
        of_input = derivative, "input_gradient_kernel"
        of_target = partial(run_gradient, *of_input, True)
        if target_derivative is not None:
            of_target = partial(run_gradient, target_derivative, "target_gradient_kernel", False)
        tables = {
            "forward": table(
                Algorithm("tree", self._with_all(partial(_forward_tree, formula), 2), _keeps),
                Algorithm("direct", self._with_all(partial(_forward_direct, formula), 2), _reduces),
            ),
            "input_gradient": table(
                Algorithm("direct", self._with_all(partial(run_gradient, *of_input, False), 3))
            ),
            "target_gradient": table(Algorithm("direct", self._with_all(of_target, 3))),
        }
        super().__init__(name, tables, self._examples)
        self.weights, self.by_weights = weights, by_weights
        self._rule = numbers, broadcasts, check
        shapes = "".join(f", and {each} may broadcast to it" for each in weights if broadcasts)
        text = DESCRIPTION.format(name=name, weights=shapes)
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
            every = [given.get(each, _none(arrays[0])) for each in WEIGHTS]
            run(problem, *arrays[:leading], *every, arrays[-1])

        return complete

    def _examples(self, dtype: type) -> Iterator[Example]:
        x = np.zeros((128, 16), dtype)
        yield {"input": x, "target": x}, {"reduction": "none"}
        yield {"input": x, "target": x}, {}

    def _plan(
        self, op: str, input: Size, target: Size, reduction: str, rest: tuple, output: Output | None
    ) -> Plan:
        numbers, broadcasts, check = self._rule
        each = checked(op, reduction) == "none"
        sizes = dict(zip(self.weights, rest, strict=False))
        loss = Output(input, like="input") if each else Output(())
        given = tuple(sizes.get(name) is not None for name in WEIGHTS)
        problem = Problem(
            reduction,
            prod(input),
            given,
            self.by_weights and reduction == "mean" and given[0],
            numbers(op, *rest[len(self.weights) :]),
        )
        required = {"target": input, "grad_output": loss.size}
        if broadcasts:
            for name, size in sizes.items():
                if size is not None and not _broadcasts(size, input):
                    expected = f"a shape that broadcasts to the input's, {tuple(input)}"
                    reject(op, f"{name}.shape", tuple(size), expected)
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
        return self._plan(op, input, target, reduction, rest, Output(input, like=of))


def _broadcasts(size: Size, to: Size) -> bool:
    """Return whether an array of this size broadcasts to that."""
    pairs = zip(reversed(size), reversed(to), strict=False)
    return len(size) <= len(to) and all(own in (1, other) for own, other in pairs)
