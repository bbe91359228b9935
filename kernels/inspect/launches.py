"""Every kernel as it is launched: recorded from the public functions, on small NumPy arrays.

Nothing is listed: the operators are found by looking into the modules, each brings examples of its
calls, the algorithms come from its table, and argument types, block and shared memory from what the
launcher hands to the GPU.
"""

import contextlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np

from crosscheck import kernels
from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arrays, candidates, gpu, launch
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator, bind
from crosscheck.kernels.optimizer.unscale import unscale

Tensors = Mapping[str, Array]

APART = ("cpu", "inspect")  # packages of `kernels` that have no operators


@dataclass(frozen=True)
class Launch:
    """A GPU kernel in one meaning of `real` and `index`, with what it was launched with."""

    kernel: gpu.Kernel
    grid: tuple[int, ...]
    block: tuple[int, ...]
    shared_bytes: int  # asked for at the launch, beside what the kernel's code declares
    arguments: tuple

    @property
    def name(self) -> str:
        """The dotted name below `kernels`: "convolution.direct.forward_kernel"."""
        function = self.kernel.dispatcher.py_func
        return f"{function.__module__}.{function.__qualname__}".removeprefix("crosscheck.kernels.")


def operators() -> list[Operator]:
    """Return every operator that a module of `kernels` defines."""
    found = (value for module in _modules(kernels) for value in vars(module).values())
    return list(dict.fromkeys(each for each in found if isinstance(each, Operator)))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for each in pkgutil.iter_modules(getattr(package, "__path__", ())):
        if each.name not in APART:
            yield from _modules(importlib.import_module(f"{package.__name__}.{each.name}"))


def runs(dtype: type) -> Iterator[Callable[[], None]]:
    """Yield what calls a direction on an example of its operator, once for each algorithm."""
    for operator in operators():
        for tensors, options in operator.examples(dtype):
            known = with_returned(operator, tensors, options)
            for direction in operator.directions.values():
                if direction.of and tensors[direction.of].dtype != dtype:
                    continue  # integers have no gradient
                for algorithm in operator.algorithms[direction.name]:
                    yield partial(_run, direction.function, known, options, algorithm)


def with_returned(operator: Operator, tensors: Tensors, options: Mapping[str, Any]) -> Tensors:
    """Return the arrays of a forward pass, with zeros for what it returns and for the gradient of
    its output, where they are not given.
    """
    forward = operator.directions.get("forward")
    if forward is None:
        return tensors
    outputs = operator.plan("forward", bind(forward.function, tensors, options)).outputs
    first = tensors["input"]
    zeros = [
        arrays.namespace(first).zeros(each.size, each.dtype or first.dtype) for each in outputs
    ]
    returned = dict(zip(forward.results, zeros, strict=True))
    return {**returned, "grad_output": zeros[0], **tensors}


def _run(function: Callable, tensors: Tensors, options: Mapping[str, Any], algorithm: str) -> None:
    bound = bind(function, tensors, options)
    with contextlib.suppress(Unsupported):
        function(**bound, algorithm=algorithm)
    if function.operator.algorithms[function.__name__][algorithm].only_on:
        function.operator.forget()  # a call like it on the CPU device is refused


class Owners:
    """Whose a kernel is: the first operator's that launches it. One that borrows it, as a
    transposed convolution does, may launch it on arrays of another layout: other code.
    """

    def __init__(self) -> None:
        self._of: dict[str, Operator] = {}

    def has(self, run: partial, kernel: str) -> bool:
        """Return whether a run, one of `runs`, is of the operator that owns the kernel."""
        operator = run.args[0].operator
        return self._of.setdefault(kernel, operator) is operator


def record(dtype: type, index_bits: int) -> list[Launch]:
    """Return one launch of each kernel, sorted by name; `dtype` is np.float32 or np.float64.

    It is the last of the kernel's owner. A kernel that is built in several sizes is recorded in
    each. Raises RuntimeError where two kernels have one name: one would never be looked at.
    """
    wide = launch.wide_index() if index_bits == 64 else contextlib.nullcontext()
    found: dict[str, Launch] = {}
    owners = Owners()
    with wide:
        for run in runs(dtype):
            for each in (each for sized in candidates.each(run) for each in launched(sized)):
                if found.setdefault(each.name, each).kernel is not each.kernel:
                    raise RuntimeError(f"two kernels have the name {each.name}")
                if owners.has(run, each.name):
                    found[each.name] = each
        for each in launched(partial(unscale, [np.zeros(4096, dtype)], 1.0)):  # of no operator
            found[each.name] = each
    return [each for _, each in sorted(found.items())]


def launched(run: Callable[[], None]) -> list[Launch]:
    """Return what `run` would launch on a GPU; nothing is launched."""
    seen: list[Launch] = []
    with _recording(seen):
        run()
    return seen


@contextlib.contextmanager
def _recording(seen: list[Launch]) -> Iterator[None]:
    """Let NumPy arrays pass for a GPU's, and note each launch on them instead of making it."""

    def device(value: Any) -> str | None:
        return "cuda" if isinstance(value, np.ndarray) else None

    def note(kernel: launch.Kernel, configuration: tuple) -> Callable[..., None]:
        grid, block = (each if isinstance(each, tuple) else (each,) for each in configuration[:2])
        shared_bytes = configuration[3] if len(configuration) > 3 else 0

        def append(*arguments: Any) -> None:
            own, converted = kernel.specialize(configuration, arguments)
            seen.append(Launch(own, grid, block, shared_bytes, converted))

        return append

    with (
        mock.patch.object(arrays, "device", device),
        mock.patch.object(algorithms, "is_on_cpu", lambda _: False),
        mock.patch.object(launch.Kernel, "__getitem__", note),
    ):
        yield
