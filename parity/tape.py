"""The sixth leg: nn.functional with its tape gives the very bits the kernels gave.

Every algorithm's results have been held against the bound by then, so equality with any one of them
says that the tensors, the tape and the default algorithm add nothing and lose nothing. Where the
function is asked for another dtype than its tensors', their gradients are rounded to theirs.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter

import numpy as np

from crosscheck import nn
from crosscheck.kernels.arrays import Array
from crosscheck.nn.tensor import tensor
from crosscheck.parity.case import Case
from crosscheck.parity.check import DEFAULT, Outputs, row
from crosscheck.parity.placement import to_host
from crosscheck.parity.result import Result
from crosscheck.parity.subject import Subject


def check_tape(subject: Subject, outputs: Mapping[str, Sequence[Outputs]]) -> Result:
    """Return the result of calling our function and .backward with the subject's arrays.

    `outputs` holds, for each direction, what every algorithm gave for the real leg.
    """
    complaints: list[str] = []
    try:
        results = _through_tape(subject)
    except Exception as error:  # a failing result, not the end of the run
        complaints.append(f"{type(error).__name__}: {error}")
        results = {}
    for direction, given in outputs.items():
        for name, values in results.items():
            candidates = [each[name] for each in given if name in each]
            if name.endswith("_gradient"):
                candidates = [_as_arriving(each, subject.case) for each in candidates]
            if candidates or name == direction:
                complaints += _differences(name, values, candidates)
    complaints += [f"input {name} was changed" for name in subject.inputs_changed()]
    return row(subject, "tape", DEFAULT, complaints)


def _through_tape(subject: Subject) -> dict[str, np.ndarray]:
    operator = subject.operator
    arrays = {name: subject.real[name].array for name in subject.case.inputs}
    arrays |= {name: arrays[name].copy() for name in operator.updates if name in arrays}
    arrays = {name: _as_arriving(array, subject.case) for name, array in arrays.items()}
    tensors = {
        name: tensor(array, operator.wants_gradient(name, array)) for name, array in arrays.items()
    }
    left_out = dict.fromkeys(name for name in operator.constants if name not in tensors)
    operator.prepare()
    returned = attrgetter(operator.ours)(nn)(**tensors, **left_out, **subject.case.options)
    returned = returned if isinstance(returned, tuple) else (returned,)
    returned[0].backward(subject.real["grad_output"].array)
    # A function that was not asked for its further results returns fewer than it has.
    results = {
        name: to_host(each.array) for name, each in zip(operator.results, returned, strict=False)
    }
    results |= {name: to_host(arrays[name]) for name in operator.updates if name in arrays}
    for name, leaf in tensors.items():
        if leaf.requires_grad:
            results[f"{name}_gradient"] = to_host(leaf.grad.array)
    return results


def _as_arriving(array: Array, case: Case) -> Array:
    """Return the array in the dtype in which nn.functional is given it, or gives its gradient."""
    return array.astype(case.arrives) if case.arrives and array.dtype.kind == "f" else array


def _differences(name: str, values: np.ndarray, candidates: list[np.ndarray]) -> list[str]:
    if any(_same(values, each) for each in candidates):
        return []
    return [f"{name} through nn.functional has other bits than any algorithm's"]


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
