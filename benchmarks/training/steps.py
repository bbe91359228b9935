"""Measure whole training steps: forward, loss, backward, optimizer (SGD with momentum).

The models and their batches are parity's. Before ours is timed, parity trains the model for 50
steps and holds every parameter to PyTorch's run in float64; a model that drifts too far is a
problem. A step is timed as a call is: on a GPU by events on its stream, with a cold L2; its batch
is another each time, and lies on the device before.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from crosscheck import nn
from crosscheck.benchmarks.protocol import clock, interval
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.device import Device
from crosscheck.benchmarks.protocol.sampling import Limits
from crosscheck.parity import reference_training
from crosscheck.parity.case import Case
from crosscheck.parity.placement import to_device, to_host
from crosscheck.parity.training.check import check_training
from crosscheck.parity.training.models import MODELS

OPTIMIZER = "SGD"

# (images, classes), both on the device, -> the loss, after the parameters have been updated
Step = Callable[[Any, Any], Any]


def ours(name: str, dtype: str, device: str) -> tuple[Step, Callable[[], np.ndarray]]:
    """Return our step of the model, and what returns its first parameter, on the host."""
    model = MODELS[name]
    module = model.build(nn).to(device, dtype)
    module.load_state_dict(reference_training.initial(model))
    optimizer = getattr(nn.optim, OPTIMIZER)(module.parameters(), **model.options(OPTIMIZER))
    first = next(iter(module.parameters()))

    def step(images: Any, classes: Any) -> Any:
        loss = nn.functional.cross_entropy(module(nn.tensor(images)), nn.tensor(classes))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.array

    return step, lambda: to_host(first.array).copy()


def drift(name: str, dtype: str, device: str) -> float:
    """Return the share of its limit that our training comes off PyTorch's run in float64.

    Raises Wrong where it is more than all of it.
    """
    result = check_training(Case(name, "training", OPTIMIZER, "", {}), dtype, device)
    if not result.ok:
        raise Wrong(result.message)
    return result.share


def measure(
    name: str,
    step: Step,
    parameter: Callable[[], np.ndarray],
    dtype: str,
    device: Device,
    limits: Limits,
) -> dict[str, Any]:
    """Return a row's times. Raises Wrong where a step changes nothing or the loss is not finite."""
    batches = _batches(name, dtype, device)
    end = clock.now() + limits.warm_up
    step(*next(batches))
    while clock.now() < end:
        step(*next(batches))
    seconds, host, end = [], [], clock.now() + limits.seconds
    while len(seconds) < limits.most and (len(seconds) < limits.least or clock.now() < end):
        batch, before = next(batches), parameter()
        device.synchronize()
        start = clock.now()
        step(*batch)
        host.append(clock.now() - start)
        batch = next(batches)
        device.synchronize()
        device.flush(host[-1])
        taken, loss = device.time(lambda: step(*batch), lambda result: result)  # noqa: B023
        device.synchronize()
        if np.array_equal(before, parameter()):
            raise Wrong("a step has not changed the first parameter")
        if not np.isfinite(float(loss)):
            raise Wrong(f"the loss is {float(loss)}; expected a finite number")
        seconds.append(taken)
        if len(seconds) % limits.least == 0 and interval.width(seconds) < limits.width:
            break
    median, low, high = (1e6 * each for each in interval.of_median(seconds))
    return {
        "microseconds": median,
        "low": low,
        "high": high,
        "samples": len(seconds),
        "host_microseconds": 1e6 * float(np.median(host)),
    }


def _batches(name: str, dtype: str, device: Device) -> Iterator[tuple[Any, Any]]:
    """Yield a model's batches forever, on the device."""
    for images, classes in MODELS[name].batches():
        copies = images.astype(dtype), classes.copy()  # which PyTorch may have as tensors
        yield tuple(to_device(each, device.name) for each in copies)
