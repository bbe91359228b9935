"""The smallest form of a failing case: one thing is made simpler at a time, while it still fails.

Nothing here knows an operator: what an operator cannot take, PyTorch refuses, and such a candidate
has not failed. Extents that are equal may have to stay so (channels of input and weight), so they
shrink together first, then one by one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from crosscheck.parity.case import Case, Shape
from crosscheck.parity.fuzzing import literal

ATTEMPTS = 400


def smallest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Return the simplest case found on the way down from `case` for which `fails(case)`."""
    tried: set[str] = set()
    while True:
        fresh = (each for each in candidates(case) if literal.write(each) not in tried)
        for each in islice(fresh, ATTEMPTS - len(tried)):
            tried.add(literal.write(each))
            if fails(each):
                case = each
                break
        else:
            return case


def candidates(case: Case) -> Iterator[Case]:
    """Yield cases that are simpler than `case` in one thing, the boldest first."""
    for changed in _changes(case):
        given = {"inputs": case.inputs, "options": case.options, "layout": case.layout}
        yield named(replace(case, **(given | changed)))


def named(case: Case) -> Case:
    """Return the case under its literal, which repeats it."""
    return literal.read(literal.write(case))


def _changes(case: Case) -> Iterator[dict[str, Any]]:
    for name, simplest in (("layout", "contiguous"), ("values", "normal"), ("data_name", "")):
        if getattr(case, name) != simplest:
            yield {name: simplest}
    inputs, options = dict(case.inputs), dict(case.options)
    for name in list(inputs)[1:]:
        yield {"inputs": _without(inputs, name)}
    for name in options:
        yield {"options": _without(options, name)}
    for smaller in _smaller_inputs(inputs):
        yield {"inputs": smaller}
    for name, value in options.items():
        for smaller in _smaller(value):
            yield {"options": options | {name: smaller}}


def _without(arguments: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key != name}


def _smaller_inputs(inputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shapes = {name: np.shape(each) if _is_array(each) else each for name, each in inputs.items()}
    rank = max(len(shape) for shape in shapes.values())
    for axis in range(rank):  # counted from the end, as broadcasting does
        yield _with(inputs, {n: _drop(s, len(s) - 1 - axis) for n, s in shapes.items()})
    for extent in sorted({extent for shape in shapes.values() for extent in shape}, reverse=True):
        for less in _less(extent):
            same = {n: tuple(less if e == extent else e for e in s) for n, s in shapes.items()}
            yield _with(inputs, same)
    for name, shape in shapes.items():
        for axis, extent in enumerate(shape):
            for less in _less(extent):
                yield _with(inputs, {name: (*shape[:axis], less, *shape[axis + 1 :])})
    for name, each in inputs.items():
        if _is_array(each) and each.any():
            yield inputs | {name: np.zeros_like(each)}


def _with(inputs: dict[str, Any], shapes: dict[str, Shape]) -> dict[str, Any]:
    """Return the inputs in other shapes; integers are taken from the front."""
    return inputs | {
        name: np.resize(inputs[name], shape) if _is_array(inputs[name]) else shape
        for name, shape in shapes.items()
    }


def _drop(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :]) if axis >= 0 else shape


def _is_array(each: Any) -> bool:
    return isinstance(each, np.ndarray)


def _less(extent: int) -> list[int]:
    """Return smaller extents, but not 0: an array without elements is another kind of problem."""
    return sorted({1, 2, extent // 2, extent - 1} & set(range(1, extent)))


def _smaller(value: Any) -> Iterator[Any]:
    """Yield simpler values of an option."""
    if isinstance(value, bool):
        yield from [False] * value
    elif isinstance(value, int):
        yield from sorted({0, 1, value // 2, value - 1} & set(range(max(value, 0))))
    elif isinstance(value, float):
        yield from (each for each in (0.0, 1.0) if value not in (0.0, 1.0, each))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield (*value[:i], *value[i + 1 :])
            for smaller in _smaller(item):
                yield (*value[:i], smaller, *value[i + 1 :])
