"""Every kernel as it is launched: recorded from the public functions, on small NumPy arrays.

Nothing is listed by hand but one call of each direction (`calls`): the algorithms come from the
families' tables, and argument types, block and shared memory from what the launcher hands to the
GPU.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from crosscheck.kernels import arrays, gpu, launch
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.inspect import calls


@dataclass(frozen=True)
class Launch:
    """A GPU kernel in one meaning of `real` and `index`, with what it was launched with."""

    kernel: gpu.Kernel
    block: tuple[int, ...]
    shared_bytes: int  # asked for at the launch, beside what the kernel's code declares
    arguments: tuple

    @property
    def name(self) -> str:
        """The dotted name below `kernels`: "convolution.direct.forward_kernel"."""
        function = self.kernel.dispatcher.py_func
        return f"{function.__module__}.{function.__qualname__}".removeprefix("crosscheck.kernels.")


def runs(dtype: type) -> Iterator[Callable[[], None]]:
    """Yield what makes the call of a direction, once for each algorithm that takes it."""
    for call in calls.every(dtype):
        for algorithm in call.family.ALGORITHMS[call.direction]:
            yield partial(_run, call, algorithm)


def _run(call: calls.Call, algorithm: str) -> None:
    with contextlib.suppress(Unsupported):
        getattr(call.family, call.direction)(*call.arguments, algorithm=algorithm, **call.options)


def record(dtype: type, index_bits: int) -> list[Launch]:
    """Return one launch of each kernel, sorted by name; `dtype` is np.float32 or np.float64."""
    wide = launch.wide_index() if index_bits == 64 else contextlib.nullcontext()
    with wide:
        seen = [each for run in runs(dtype) for each in launched(run)]
    return [each for _, each in sorted({each.name: each for each in seen}.items())]


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

    def note(kernel: gpu.Kernel, configuration: tuple) -> Callable[..., None]:
        block = configuration[1] if isinstance(configuration[1], tuple) else (configuration[1],)
        shared_bytes = configuration[3] if len(configuration) > 3 else 0
        return lambda *arguments: seen.append(Launch(kernel, block, shared_bytes, arguments))

    with (
        mock.patch.object(arrays, "device", device),
        mock.patch.object(gpu.Kernel, "__getitem__", note),
    ):
        yield
