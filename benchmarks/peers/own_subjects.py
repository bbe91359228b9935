"""The user's subjects: what the file of `--module` registered, beside ours and PyTorch's.

A function under `@algorithm` is called as ours are, through the same wrapper and onto an output
made once. One under `@differentiable` is called as PyTorch's: forward, or autograd's gradient from
a forward pass that is not timed. PyTorch's switches are those of its own column, IEEE float32.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from crosscheck.benchmarks.peers import switches, torch_subjects
from crosscheck.benchmarks.protocol.exact import Rounds
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.benchmarks.row import OURS
from crosscheck.benchmarks.subjects import Prepared, Subject, prepare_algorithm
from crosscheck.kernels.gpu import cuda
from crosscheck.parity.own import module, registry
from crosscheck.parity.own.module import BadModule


def load(path: Path, device: str) -> None:
    """Register what a file has, and nothing else. Raises BadModule.

    Its rows bear its name, which therefore may not be that of another subject.
    """
    if path.stem in (OURS, *torch_subjects.NAMES):
        text = f"{path}: {path.stem!r} is the name of another column; expected one of its own"
        raise BadModule(text)
    registry.forget()
    module.load(path, device)


def names(op: str, direction: str) -> tuple[str, ...]:
    """Return the names of what is registered for a direction."""
    return registry.registered().get((op, direction), ())


def others(measured: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return what is registered beyond (op, direction, name) of `measured`, in words."""
    known = set(measured)
    return [" ".join(each) for each in registry.places() if each not in known]


def subject(module_name: str, name: str, workload: Workload) -> Subject:
    """Return what is registered under a name for the operator and direction of a workload, as a
    subject with the name of its module.
    """
    op, direction, device = workload.layer.op, workload.direction.name, workload.device.name
    function = registry.function(op, name)
    prepare: Callable[[Workload], Prepared] = partial(prepare_algorithm, name)
    if function is not None:
        prepare = partial(_prepare_function, function)
    rounds = Rounds(registry.rounding(op, direction, name))
    return Subject(module_name, name, prepare, partial(_switched, device), rounds)


def _prepare_function(function: Any, workload: Workload) -> Prepared:
    """Return a `Differentiable`'s call. Raises Unsupported where it does not take the layer."""
    options = workload.options
    call = function.for_call(workload.layer.inputs, options, workload.device.name)
    return torch_subjects.prepare(partial(call, **options), workload)


@contextmanager
def _switched(device: str) -> Iterator[None]:
    """Let PyTorch compute as in its own column, and numba.cuda launch at once.

    numba waits for the stream of an array of CuPy's before it launches. Then the L2 would be
    emptied by the time of the call, and the host's part of it would count. Not run on a GPU.
    """
    at_once = nullcontext()
    if device == "cuda":
        at_once = mock.patch.object(cuda.core.config, "CUDA_ARRAY_INTERFACE_SYNC", 0)
    with switches.switched(), at_once:
        yield
