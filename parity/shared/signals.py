"""Operators of signals in parity: what is known of those of images, on images of one row.

A bound, an allowance or an integer of a signal is that of the same numbers with a row around them,
for PyTorch's operator of images adds the same terms. Random signals are the last axis of random
images.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.kernels.signals import Row
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator, Rounding
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared.draws import Drawn


def of_images(
    images: Operator, name: str, kernels: Any, rows: Mapping[str, Row], **changed: Any
) -> Operator:
    """Return the operator of signals; `rows` as in kernels.signals, `changed` fields of its own."""

    def options(given: Options) -> dict[str, Any]:
        return {
            key: _pair(value, rows[key].number) if key in rows else value
            for key, value in given.items()
        }

    def wide(call: ReferenceCall) -> ReferenceCall:
        shapes = tuple((key, _with_row(shape)) for key, shape in call.shapes)
        frozen = tuple(options(call.options).items())
        return replace(call, op=images.name, shapes=shapes, frozen_options=frozen)

    def numbers(of_image: Callable) -> Callable:
        def of_signal(
            call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
        ) -> Arrays:
            given = _images(inputs), _image(dy), _images(exact)
            return _signals(of_image(wide(call), *given, dtype))

        return of_signal

    def integers(call: ReferenceCall, seed: int) -> Arrays:
        return _signals(images.integers(wide(call), seed))

    def extra_nan(algorithm: str, inputs: Arrays, dy: np.ndarray, given: Options) -> Arrays:
        return _signals(images.extra_nan(algorithm, _images(inputs), _image(dy), options(given)))

    def validate(inputs: Arrays, results: Arrays) -> None:
        images.validate(_images(inputs), _images(results))

    def fuzz(rng: np.random.Generator) -> Drawn:
        inputs, drawn = images.fuzz(rng)
        shapes = {key: _without_row(shape) for key, shape in inputs.items()}
        last = {
            key: value[-1] if key in rows and isinstance(value, tuple) else value
            for key, value in drawn.items()
        }
        return shapes, last

    fields = dict(
        name=name,
        kernels=kernels,
        order=1000,
        bounds=numbers(images.bounds),
        intermediates=numbers(images.intermediates),
        rounding={
            algorithm: Rounding(*map(numbers, each)) for algorithm, each in images.rounding.items()
        },
        extra_nan=extra_nan,
        integers=integers,
        validate=validate,
        fuzz=fuzz,
        fuzz_weight=1,
        **dict.fromkeys(("torch_function", "opinfo_name", "nn_function"), ""),  # the default ones
    )
    return replace(images, **(fields | changed))


def faults(op: str, plain: str, options: str) -> tuple[Fault, ...]:
    """Return faults in how signals become images, which these problems of `op` must catch."""
    rows = (
        ("the axis of one element is the signal", "1, value[-1])", "value[-1], 1)", plain),
        ("an output is its row", "(*size[:-2], size[-1])", "size[:-1]", plain),
        (
            "an option is the row's, too",
            "(row, *single(op, name, value, least))",
            "2 * single(op, name, value, least)",
            options,
        ),
    )
    return tuple(
        Fault(f"{what}: {op}", "crosscheck.kernels.signals", right, wrong, op, case)
        for what, right, wrong, case in rows
    )


def _pair(value: Any, row: int) -> Any:
    if isinstance(value, (tuple, list)):
        return (row, *value) if len(value) == 1 else value
    return (row, value) if isinstance(value, (int, np.integer)) else value


def _with_row(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape if len(shape) < 2 else (*shape[:-1], 1, shape[-1])


def _without_row(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape if len(shape) < 3 else (*shape[:-2], shape[-1])


def _image(array: np.ndarray) -> np.ndarray:
    return array.reshape(_with_row(array.shape))


def _images(arrays: Arrays) -> Arrays:
    return {name: _image(each) for name, each in arrays.items()}


def _signals(arrays: Arrays) -> Arrays:
    return {name: each.reshape(_without_row(each.shape)) for name, each in arrays.items()}
