"""Optimizers whose step is a formula of one element: one mechanism for all of them.

A rule is its formula, as a device function, and the numbers that it takes beside the arrays:

    @device_function
    def updated(p, g, total, b, c, numbers):
        rate, decay, eps, maximize = numbers
        ...
        return p - rate * g / (math.sqrt(total) + eps), total, b, c

p and g are an element of the parameter and of its gradient; the three others are those of its
state, of which a rule may use fewer: 0 stands for what it does not have, and is not written.

A sum of two products is written cuda.fma(a, b, c * d): a GPU's compiler is free to fuse either
product, and left to itself it fused one in the kernel for one parameter and the other in that for a
list, which were then of different bits.

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. `foreach` takes a list
of parameters, several quads a thread: see foreach.py.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from inspect import Parameter
from typing import Any

from crosscheck.kernels import public_function
from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.optimizer import foreach, lists
from crosscheck.kernels.optimizer.foreach import APART, THREADS, TURNS, chunk_of_block
from crosscheck.kernels.optimizer.operands import (
    MASTER,
    examples,
    plan,
    require_master,
    row,
    rows,
)
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.ptx import array_at, element_bytes, load_quad, store_quad


@cache
def build(formula: DeviceFunction) -> tuple[Any, Any]:
    """Return the kernels of a formula: for one parameter, and for a list."""

    @device_function
    def updated_quad(p, g, a, b, c, numbers):
        p0, a0, b0, c0 = formula(p[0], g[0], a[0], b[0], c[0], numbers)
        p1, a1, b1, c1 = formula(p[1], g[1], a[1], b[1], c[1], numbers)
        p2, a2, b2, c2 = formula(p[2], g[2], a[2], b[2], c[2], numbers)
        p3, a3, b3, c3 = formula(p[3], g[3], a[3], b[3], c[3], numbers)
        return (p0, p1, p2, p3), (a0, a1, a2, a3), (b0, b1, b2, b3), (c0, c1, c2, c3)

    @device_function
    def update(p, g, a, b, c, stored, has_a, has_b, has_c, i, numbers):
        """Update element i of each array that there is."""
        first = a[i] if has_a else real(0)
        second = b[i] if has_b else real(0)
        third = c[i] if has_c else real(0)
        value, first, second, third = formula(p[i], g[i], first, second, third, numbers)
        p[i] = value
        if element_bytes(stored) == 2:
            stored[i] = value
        if has_a:
            a[i] = first
        if has_b:
            b[i] = second
        if has_c:
            c[i] = third

    @kernel
    def step_kernel(p, g, a, b, c, stored, numbers):
        """p, g, stored (count); a, b, c (count) or (0); stored is p, or p in 16 bits."""
        i = index(cuda.grid(1))
        if i < index(p.size):
            has_a, has_b, has_c = a.size != 0, b.size != 0, c.size != 0
            update(p, g, a, b, c, stored, has_a, has_b, has_c, i, numbers)

    @kernel
    def foreach_kernel(parameters, chunks, like, stored, numbers):
        """The arrays of parameters are p, g, a, b, c, and p in 16 bits: see foreach.py."""
        owner, count, are_quads, offset, short = chunk_of_block(parameters, chunks, like, stored)
        t = index(cuda.threadIdx.x)
        p = array_at(real, parameters[owner, 2] + offset, count)
        g = array_at(stored, parameters[owner, 3] + short, count)
        a = array_at(real, parameters[owner, 4] + offset, count)
        b = array_at(real, parameters[owner, 5] + offset, count)
        c = array_at(real, parameters[owner, 6] + offset, count)
        rounded = array_at(stored, parameters[owner, 7] + short, count)
        has_a, has_b = parameters[owner, 4] != 0, parameters[owner, 5] != 0
        has_c = parameters[owner, 6] != 0
        if are_quads:
            for turn in range(TURNS):
                at = t * 4 + index(turn * APART)
                first = second = third = (real(0), real(0), real(0), real(0))
                values, slopes = load_quad(p, at), load_quad(g, at)
                if has_a:
                    first = load_quad(a, at)
                if has_b:
                    second = load_quad(b, at)
                if has_c:
                    third = load_quad(c, at)
                values, first, second, third = updated_quad(
                    values, slopes, first, second, third, numbers
                )
                store_quad(p, at, values)
                if element_bytes(stored) == 2:
                    store_quad(rounded, at, values)
                if has_a:
                    store_quad(a, at, first)
                if has_b:
                    store_quad(b, at, second)
                if has_c:
                    store_quad(c, at, third)
        else:
            for i in range(t, index(count), THREADS):
                update(p, g, a, b, c, rounded, has_a, has_b, has_c, i, numbers)

    for made in (step_kernel, foreach_kernel):
        made.rename(made.__name__)
        made.py_func.__module__ = formula.py_func.__module__
    return step_kernel, foreach_kernel


def _direct(
    formula: DeviceFunction, numbers: tuple, parameter: Array, gradient: Array, *rest: Array
) -> None:
    *state, master = rest
    absent = (foreach.STATES - len(state)) * [empty((0,), parameter.dtype, parameter)]
    with rows(parameter, master, *state) as (stored, p, *arrays):
        p = p if p.size else stored
        build(formula)[0].forall(p.size)(p, row(gradient), *arrays, *absent, stored, numbers)


class Rule(Operator):
    """An optimizer: `step`, on a parameter in place, and `foreach_step`, on a list.

    name      its name, in lower case
    formula   (p, g, *state, numbers) -> the new p and state, a device function
    state     the names of its arrays of state, at most foreach.STATES, as PyTorch has them
    numbers   (op, state, options) -> what the formula gets beside the arrays, `state` being the
              names of those that are given. Its options, by name only, are those of `step`. Raises
              TypeError or ValueError
    """

    def __init__(
        self,
        name: str,
        formula: DeviceFunction,
        state: Sequence[str],
        numbers: Callable[..., tuple],
    ) -> None:
        self.formula, self.state, self.numbers = formula, tuple(state), numbers
        tables = {"step": foreach.table(build(formula)[1], partial(_direct, formula))}
        super().__init__(name, tables, self._examples)
        options = [
            each.replace(kind=Parameter.KEYWORD_ONLY)
            for each in inspect.signature(numbers).parameters.values()
            if each.kind is Parameter.KEYWORD_ONLY
        ]
        self._options = [each.name for each in options]
        array, optional = public_function.array, public_function.optional_array
        signature = inspect.Signature(
            [
                *map(array, ("parameter", "gradient")),
                *map(optional, (*self.state, MASTER)),
                *options,
                Parameter("algorithm", Parameter.KEYWORD_ONLY, default=None, annotation=str | None),
            ]
        )

        def step(*given: Any, **named: Any) -> None:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            algorithm = bound.arguments.pop("algorithm")
            require_master(name, bound.arguments["parameter"], bound.arguments[MASTER])
            self.run("step", algorithm, (), *bound.arguments.values())

        step.__signature__ = signature
        step.__qualname__ = "step"
        step.__doc__ = f"""Take a step of {name} on a parameter and its state, in place.

        All arrays have one shape and device, and any strides; their dtypes are those of `operands`.
        Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
        """
        self.step = self.direction(self._step_plan)(step)

    def foreach_step(
        self, arrays: dict[str, Sequence[Array] | None], algorithm: str | None, **options: Any
    ) -> None:
        """Take `step` on each parameter of a list: `kernels.optimizer.sgd.foreach_step`.

        `arrays` has lists for "parameter", "gradient", the state and "master", by name.
        """
        names = "parameter", "gradient", *self.state, MASTER
        given = {name: arrays.get(name) for name in names}
        lists.step(self, build(self.formula)[1], given, options, algorithm)

    def _step_plan(self, op: str, parameter: Size, gradient: Size, *rest: Any) -> Plan:
        sizes = dict(zip(self.state, rest, strict=False))
        options = dict(zip(self._options, rest[len(self.state) + 1 :], strict=True))
        given = [name for name, size in sizes.items() if size is not None]
        return plan(self.numbers(op, given, **options), parameter, *self.state)

    def _examples(self, dtype: type) -> Iterator[Example]:
        return examples(dtype, *self.state)
