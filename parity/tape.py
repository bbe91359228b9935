"""The sixth check of a case: nn.functional, with its tape, gives the same bits as the kernels.

By then the results of every algorithm have been compared with the bound. So if nn.functional equals
one of them, then neither the tensors nor the tape nor the choice of an algorithm changed anything.
A function that launches other kernels where the tape records must equal those: `Operator.recorded`.
Where the function converts its tensors to another dtype, their gradients are rounded to their own.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter

import numpy as np

from crosscheck import nn
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import is_floating
from crosscheck.nn.tensor import tensor
from crosscheck.parity.case import Case
from crosscheck.parity.check import DEFAULT, Outputs, row
from crosscheck.parity.placed_case import PlacedCase
from crosscheck.parity.placement import to_host
from crosscheck.parity.result import Result


def check_tape(placed: PlacedCase, outputs: Mapping[str, Sequence[Outputs]]) -> Result:
    """Return the result of calling nn.functional and backward() with the case's arrays.

    `outputs` holds, for each direction, what every algorithm gave for the same arrays.
    """
    failures: list[str] = []
    try:
        results = _through_tape(placed)
    except Exception as error:  # a failing result, not the end of the run
        failures.append(f"{type(error).__name__}: {error}")
        results = {}
    for direction, given in outputs.items():
        for name, values in results.items():
            candidates = [each[name] for each in given if name in each]
            if name == "forward":
                candidates += _recorded(placed)
            if name.endswith("_gradient"):
                candidates = [_as_given(each, placed.case) for each in candidates]
            if candidates or name == direction:
                failures += _differences(name, values, candidates)
    failures += [f"input {name} was changed" for name in placed.changed_inputs()]
    return row(placed, "tape", DEFAULT, failures)


def _through_tape(placed: PlacedCase) -> dict[str, np.ndarray]:
    operator = placed.operator
    arrays = {name: placed.real[name].array for name in placed.case.inputs}
    arrays |= {name: arrays[name].copy() for name in operator.updates if name in arrays}
    arrays = {name: _as_given(array, placed.case) for name, array in arrays.items()}
    tensors = {
        name: tensor(array, operator.wants_gradient(name, array)) for name, array in arrays.items()
    }
    left_out = dict.fromkeys(name for name in operator.constants if name not in tensors)
    operator.prepare()
    returned = attrgetter(operator.nn_function)(nn)(**tensors, **left_out, **placed.case.options)
    returned = returned if isinstance(returned, tuple) else (returned,)
    returned[0].backward(placed.real["grad_output"].array)
    # max_pool2d, for one, returns its indices only where it is asked to.
    results = {
        name: to_host(each.array) for name, each in zip(operator.results, returned, strict=False)
    }
    results |= {name: to_host(arrays[name]) for name in operator.updates if name in arrays}
    for name, leaf in tensors.items():
        if leaf.requires_grad:
            results[f"{name}_gradient"] = to_host(leaf.grad.array)
    return results


def _recorded(placed: PlacedCase) -> list[np.ndarray]:
    arrays = {name: each.array for name, each in placed.real.items()}
    return [to_host(each) for each in placed.operator.recorded(arrays, placed.case.options)]


def _as_given(array: Array, case: Case) -> Array:
    """Return the array in the dtype of the function's arguments, and so of their gradients."""
    converts = case.given_dtype and is_floating(array.dtype)
    return array.astype(case.given_dtype) if converts else array


def _differences(name: str, values: np.ndarray, candidates: list[np.ndarray]) -> list[str]:
    if any(_same(values, each) for each in candidates):
        return []
    return [f"{name} through nn.functional has other bits than every algorithm's"]


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
