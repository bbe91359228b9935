"""Operators of signals (n, c, w): those of images (n, c, 1, w), which are views of them.

    CONV1D = of_images(CONV2D, "conv1d", {"stride": STEP, "padding": NONE, "dilation": STEP})

A signal is an image of one row, so every kernel, algorithm and check is that of images, and so is
the order in which numbers are added. What has to be said of an option is what the row gets of it.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import rank, single
from crosscheck.kernels.operator import SIZE, Direction, Operator
from crosscheck.kernels.plan import Output, Plan, Size

RANKS = {"input": (2, 3), "weight": (3,), "grad_output": (2, 3), "indices": (2, 3)}


class Row(NamedTuple):
    """What an option is for the one row, and the least that it may be along the signal."""

    number: int
    least: int


STEP, NONE = Row(1, 1), Row(0, 0)


def of_images(images: Operator, name: str, rows: Mapping[str, Row]) -> Operator:
    """Return the operator of signals; `rows`: its options that are numbers of each axis.

    A signal is (n, c, w) or (c, w), a weight (k, c, s); an option is an integer or a sequence of
    one. All else is as in the operator of images. Its examples already launch all kernels.
    """
    tables = {direction: dict(each) for direction, each in images.algorithms.items()}
    signals = Operator(name, tables, lambda dtype: iter(()))  # what a user adds takes images alone
    for this in images.directions.values():
        signals.direction(_plan(this, rows))(_function(signals, this))
    return signals


def _function(signals: Operator, this: Direction) -> Callable[..., Any]:
    signature = inspect.signature(this.function)

    def function(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        values = bound.arguments
        outs = tuple(values[each] for each in this.outs)
        own = (values[each] for each in this.parameters)
        return signals.run(this.name, values["algorithm"], outs, *own)

    function.__name__ = this.name
    function.__signature__ = signature
    function.__doc__ = f"`{this.function.operator.name}` {this.name} of signals: see `of_images`."
    return function


def _plan(this: Direction, rows: Mapping[str, Row]) -> Callable[..., Plan]:
    def plan(op: str, *values: Any) -> Plan:
        given = {
            name: _with_row(op, name, value, rows)
            for name, value in zip(this.parameters, values, strict=True)
        }
        try:
            wide = this.plan(op, *given.values())
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error} (of the signal as an image of one row)") from None
        outputs = [Output(_without_row(each.size), each.dtype) for each in wide.outputs]
        views = {name: given[name] for name in this.arrays if name in RANKS}
        views |= dict(zip(this.outs, (each.size for each in wide.outputs), strict=True))
        sizes = {name: _without_row(size) for name, size in wide.sizes.items()}
        return wide._replace(outputs=outputs, sizes=sizes, views={**views, **wide.views})

    return plan


def _with_row(op: str, name: str, value: Any, rows: Mapping[str, Row]) -> Any:
    """Return a size or an option as images have it."""
    of = name.removesuffix(SIZE)
    if of in RANKS:
        rank(op, f"{name}.shape" if of == name else name, value, RANKS[of])
        return (*value[:-1], 1, value[-1])
    left_out = value is None or (isinstance(value, Sequence) and len(value) == 0)
    if name not in rows or isinstance(value, str) or left_out:
        return value
    row, least = rows[name]
    return (row, *single(op, name, value, least))


def _without_row(size: Size) -> tuple[int, ...]:
    """Return the size of an image, or of filters, without its one row; a bias has none."""
    return tuple(size) if len(size) < 3 else (*size[:-2], size[-1])
