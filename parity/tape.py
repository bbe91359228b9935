"""The sixth leg: nn.functional with its tape gives the very bits the kernels gave.

Every algorithm's results have been held against the bound by then, so equality with any one of them
says that the tensors, the tape and the default algorithm add nothing and lose nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

import nn.functional
from nn.tensor import tensor
from parity.check import DEFAULT, Outputs, row
from parity.placement import to_host
from parity.result import Result
from parity.subject import Subject


def check_tape(subject: Subject, outputs: Mapping[str, Sequence[Outputs]]) -> Result:
    """Return the result of calling nn.functional.<op> and .backward with the subject's arrays.

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
            if name == direction or (name == "indices" and direction == "forward"):
                complaints += _differences(name, values, candidates)
    complaints += [f"input {name} was changed" for name in subject.inputs_changed()]
    return row(subject, "tape", DEFAULT, complaints)


def _through_tape(subject: Subject) -> dict[str, np.ndarray]:
    op = subject.case.op
    leaves = {name: tensor(subject.real[name].array, True) for name in subject.case.inputs}
    output = getattr(nn.functional, op)(**leaves, **subject.case.options)
    results = {}
    if isinstance(output, tuple):
        output, indices = output
        results["indices"] = to_host(indices.array)
    output.backward(subject.real["grad_output"].array)
    results["forward"] = to_host(output.array)
    for name, leaf in leaves.items():
        results[f"{name}_gradient"] = to_host(leaf.grad.array)
    return results


def _differences(name: str, values: np.ndarray, candidates: list[np.ndarray]) -> list[str]:
    if any(_same(values, each) for each in candidates):
        return []
    return [f"{name} through nn.functional has other bits than any algorithm's"]


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
