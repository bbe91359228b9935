"""Is a call's result right, all there, finished when the call said so, and made of its inputs?

Results start as NaN (`poison`), so that an element that no call has written shows. A copy of the
result's part is taken right behind the call (`Snapshot`): what is written later is not in it. The
exact result is computed on the host, from copies of the inputs that are made before the call
(`given`): a call cannot make its inputs easier, and nothing that the device's memory still holds
from another computation can be it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol import exact
from crosscheck.benchmarks.protocol.exact import Rounds
from crosscheck.benchmarks.protocol.part import Part
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.parity import bounds
from crosscheck.parity.placement import to_host


class Wrong(Exception):
    """A row is none; the message says why."""


class PassedOn(Wrong):
    """The result is grad_output itself, whole and as it lies."""


def array_of(result: Any, workload: Workload) -> Array:
    """Return a call's result as an array of the device. Raises Wrong where it is none.

    A PyTorch tensor shares its memory. Of several results the first counts.
    """
    library = workload.device.library
    if isinstance(result, tuple | list) and result:
        result = result[0]
    if hasattr(result, "detach"):
        tensor = result.detach()
        where = tensor.device.type
        if where != workload.device.name:
            raise Wrong(f"the result is on {where}; expected {workload.device.name}")
        result = tensor.numpy() if where == "cpu" else library.from_dlpack(tensor)
    if not isinstance(result, library.ndarray):
        name = type(result).__name__
        raise Wrong(f"the result is a {name}; expected an array of {library.__name__}")
    if result.shape != workload.output_size or result.dtype != workload.dtype:
        expected = f"{workload.output_size} of {workload.dtype}"
        raise Wrong(f"the result is {result.shape} of {result.dtype}; expected {expected}")
    for name, each in workload.tensors.items():
        if library.may_share_memory(result, each):
            same = name == "grad_output" and arrays.address(result) == arrays.address(each)
            kind = PassedOn if same and result.strides == each.strides else Wrong
            raise kind(f"the result is {name} itself: nothing was computed")
    return result


def poison(array: Array) -> None:
    """Fill an output with NaN."""
    array.fill(np.nan)


@dataclass(frozen=True)
class Snapshot:
    """The part of a result as it was right behind the call, the result, and what `given` copied."""

    part: Array
    whole: Array
    given: Mapping[str, Array]


def given(workload: Workload, part: Part) -> dict[str, Array]:
    """Return copies of what a part of the result is computed from: before the call."""
    return {
        name: each[(*part.tensors[name], ...)].copy() for name, each in workload.tensors.items()
    }


def snapshot(result: Any, workload: Workload, part: Part, before: Mapping[str, Array]) -> Snapshot:
    """Return a copy of the result's part; on a GPU it is made in the order of the stream.

    before   what `given` returned
    """
    whole = array_of(result, workload)
    seen = whole[(*part.result, ...)].copy()  # `...`: a scalar stays an array
    return Snapshot(seen, whole, before)


def finished(seen: Snapshot, part: Part, workload: Workload) -> None:
    """Raise Wrong if the result's part has changed since the call, once all streams are done."""
    workload.device.synchronize()
    same = workload.device.library.array_equal
    if not same(seen.whole[(*part.result, ...)], seen.part, equal_nan=True):
        raise Wrong("the result was written after the call had ended")


def error(seen: Snapshot, part: Part, workload: Workload, rounds: Rounds) -> float:
    """Return the largest share of its bound that an element's error takes, at most 1.

    Raises Wrong for an element that was not written, or that is outside its bound.
    """
    computed = _on_host(seen.part)
    inputs = {name: _on_host(each) for name, each in seen.given.items()}
    inputs["grad_output"] = inputs["grad_output"] * computed.dtype.type(part.scale)
    numbers, limit = exact.of(
        workload.layer.op, workload.direction.name, inputs, part.options, workload.dtype, rounds
    )
    if missing := int(np.count_nonzero(np.isnan(computed) & ~np.isnan(numbers))):
        finished(seen, part, workload)  # later: then that is what to say
        raise Wrong(f"{missing} of {computed.size} elements are NaN, as if never written")
    *_, share, failure = bounds.compare(computed, numbers, limit)
    if failure:
        raise Wrong(failure)
    return share


def may_pass_on(workload: Workload, part: Part) -> bool:
    """Return whether the direction's exact result is grad_output, in this part to the bit."""
    passed_on = workload.tensors["grad_output"]
    seen = Snapshot(passed_on[(*part.result, ...)].copy(), passed_on, given(workload, part))
    try:
        return error(seen, part, workload, Rounds()) == 0
    except Wrong:
        return False


def _on_host(array: Array) -> np.ndarray:
    return np.ascontiguousarray(to_host(array)).reshape(array.shape)
