"""Time warm calls on the host, up to their first launch or as a whole, without waiting for a GPU.

Not run on a GPU yet: `_on_gpu`, and PyTorch's calls, which only a GPU has.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np

from crosscheck.benchmarks.launch import TO_LAUNCH, calls, stand_ins
from crosscheck.benchmarks.launch.calls import Array
from crosscheck.benchmarks.protocol import clock, interval
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.device import Device
from crosscheck.benchmarks.protocol.limits import Limits, Steady

LEAST, MOST = 500, 3000  # samples: microseconds each, and the host does other things, too
WARM = 3  # calls that are not counted: the first ones compile, choose and prepare


class Launches:
    """Stands before the driver: `count` since it was last set to 0, and when the `first` began."""

    def __init__(self) -> None:
        self.count, self.first = 0, 0.0

    def noted(self, launch: Callable[..., Any]) -> Callable[..., Any]:
        """Return a driver's function that notes its calls."""

        def noting(*given: Any) -> Any:
            if not self.count:
                self.first = clock.now()
            self.count += 1
            return launch(*given)

        return noting


def ours(name: str, direction: str, dtype: str, device: Device, limits: Limits) -> dict[str, Any]:
    """Return the times of a row of our call. Raises Wrong where it launches nothing."""
    launches = Launches()
    with (_on_gpu if device.name == "cuda" else _without)(launches, dtype) as array:
        return _timed(calls.ours(name, array), direction, launches, device, limits)


def theirs(name: str, dtype: str, device: Device, limits: Limits) -> dict[str, Any]:
    """Return the times of a row of PyTorch's call of the same name as a whole, on a GPU."""
    import torch

    def tensor(shape: tuple[int, ...], requires_grad: bool = False) -> torch.Tensor:
        kind = getattr(torch, dtype)
        return torch.zeros(shape, dtype=kind, device="cuda", requires_grad=requires_grad)

    call = calls.FUNCTIONAL[name](torch.nn.functional, tensor)
    return _timed(call, "", None, device, limits)


@contextmanager
def _without(launches: Launches, dtype: str) -> Iterator[Array]:
    """Let calls end at a driver that does nothing; yield what makes their arrays."""
    with stand_ins.installed(launches.noted(lambda *given: stand_ins.DONE)):
        yield lambda shape: stand_ins.GPUArray(np.zeros(shape, dtype))


@contextmanager
def _on_gpu(launches: Launches, dtype: str) -> Iterator[Array]:
    """Note the driver's launches; yield what makes arrays on the GPU."""
    import cupy
    from cuda.bindings import driver

    functions = "cuLaunchKernel", "cuLaunchKernelEx"
    noted = {name: launches.noted(getattr(driver, name)) for name in functions}
    with mock.patch.multiple(driver, **noted):
        yield lambda shape: cupy.zeros(shape, dtype)


def _timed(
    call: Callable[[], Any],
    direction: str,
    launches: Launches | None,
    device: Device,
    limits: Limits,
) -> dict[str, Any]:
    for _ in range(WARM):
        call()
    found, whole = [], []
    steady = Steady(replace(limits, least=LEAST, most=MOST))
    while not steady.reached(found):
        device.synchronize()  # a full queue would make the call wait
        if launches:
            launches.count = 0
        start = clock.now()
        call()
        end = clock.now()
        if launches and not launches.count:
            raise Wrong("no kernel of ours was launched")
        found.append((launches.first if direction == TO_LAUNCH else end) - start)
        whole.append(end - start)
    median, low, high = (1e6 * each for each in interval.of_median(found))
    times = {"microseconds": median, "low": low, "high": high, "samples": len(found)}
    return {**times, "host_microseconds": 1e6 * float(np.median(whole))}
