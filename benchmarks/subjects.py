"""Who is measured: a name, an algorithm, and how to make its call on the arrays of a workload.

Ours are here, others in peers/: torch_subjects.py, and own_subjects.py for the user's.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from crosscheck.benchmarks.protocol.exact import Rounds
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.benchmarks.row import OURS
from crosscheck.kernels.call import Call
from crosscheck.kernels.operator import bind


@dataclass
class Prepared:
    """A subject's call on the arrays of a workload.

    call     what is timed: it returns the result, an array or a tensor, of several the first
    refresh  called before it, untimed, when the inputs have new numbers: it computes what a
             gradient reads of the forward pass
    """

    call: Callable[[], Any]
    refresh: Callable[[], Any] = lambda: None


@dataclass(frozen=True)
class Subject:
    """Who computes a layer.

    name, algorithm   as a row has them
    prepare           a workload -> its call. It reads the arrays where they lie, each time: their
                      numbers change. It may raise whatever says why it cannot
    active            the switches that hold while it is called
    rounds            how far off its results may be
    launches          whether each call has to launch a kernel, even if the first does not
    passes_on         whether a gradient that equals grad_output may be grad_output itself
    """

    name: str
    algorithm: str
    prepare: Callable[[Workload], Prepared]
    active: Callable[[], AbstractContextManager] = nullcontext
    rounds: Rounds = Rounds()
    launches: bool = False
    passes_on: bool = False

    @property
    def label(self) -> str:
        """What a table calls it."""
        return f"{self.name} {self.algorithm}".rstrip()


def algorithms(workload: Workload) -> Iterator[str]:
    """Yield the names of our algorithms of a workload's direction."""
    yield from workload.direction.algorithms


def ours(algorithm: str) -> Subject:
    """Return an algorithm of ours."""
    rounds = Rounds(algorithm)
    return Subject(
        OURS, algorithm, partial(prepare_algorithm, algorithm), rounds=rounds, launches=True
    )


def default_algorithm(workload: Workload) -> str:
    """Return the algorithm of ours that a call without a name runs on these arrays.

    Raises Unsupported where none takes the layer.
    """
    operator = workload.direction.function.operator
    this = operator.directions[workload.direction.name]
    bound = _bound(workload, _returned(workload) if _reads_forward(workload) else {})
    given = [bound.get(name, this.defaults.get(name)) for name in this.parameters]
    return Call(operator, this, None, (None,) * len(this.outs), given).algorithm


def prepare_algorithm(algorithm: str, workload: Workload) -> Prepared:
    """Return the call of an algorithm of the kernels, onto outputs that are made once."""
    returned = _returned(workload) if _reads_forward(workload) else {}
    bound = _bound(workload, returned)
    function = partial(workload.direction.function, **bound, algorithm=algorithm)
    results = function()
    results = results if isinstance(results, tuple) else (results,)
    outs = function.func.operator.directions[workload.direction.name].outs
    call = partial(function, **dict(zip(outs, results, strict=True)))
    return Prepared(call, partial(_returned, workload, returned) if returned else lambda: None)


def _bound(workload: Workload, returned: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of our function."""
    given, options = workload.operator.kernel_arguments(
        {**workload.tensors, **returned}, workload.options
    )
    return bind(workload.direction.function, given, options)


def _reads_forward(workload: Workload) -> bool:
    """Return whether the direction reads what the forward pass returned."""
    forward = workload.direction.function.operator.directions["forward"]
    return workload.direction.name != "forward" and bool(
        workload.direction.reads & set(forward.results)
    )


def _returned(workload: Workload, into: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what our forward pass returns, by name; written to the arrays of `into`, if given."""
    forward = workload.direction.function.operator.directions["forward"]
    given, options = workload.operator.kernel_arguments(workload.tensors, workload.options)
    outs = {
        out: into[name] for out, name in zip(forward.outs, forward.results, strict=True) if into
    }
    results = forward.function(**bind(forward.function, given, options), **outs)
    results = results if isinstance(results, tuple) else (results,)
    return dict(zip(forward.results, results, strict=True))
