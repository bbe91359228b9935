"""Measure whole training steps: forward, loss, backward, optimizer (SGD with momentum).

Before ours is timed, parity trains the model for some steps (models.py) and holds every parameter
to PyTorch's run in float64; a model that drifts too far is a problem. A step is timed as a call is:
on a GPU by events on its stream, with a cold L2; its batch is another each time, and lies on the
device before.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from crosscheck import nn
from crosscheck.benchmarks.protocol import clock, interval, sensors
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.device import Device
from crosscheck.benchmarks.protocol.limits import Limits, Steady
from crosscheck.benchmarks.training.models import CHECKED_IN, MODELS, SMALL
from crosscheck.parity import reference_training
from crosscheck.parity.case import Case
from crosscheck.parity.placement import to_device, to_host
from crosscheck.parity.training.check import check_training

OPTIMIZER = "SGD"

# (images, classes), both on the device, -> the loss, after the parameters have been updated
Step = Callable[[Any, Any], Any]


def ours(
    name: str, dtype: str, device: str, foreach: bool | None = None
) -> tuple[Step, Callable[[], np.ndarray]]:
    """Return our step of the model, and what returns its first parameter, on the host.

    foreach: whether one launch updates all parameters; None: the optimizer chooses.
    """
    model = MODELS[device][name]
    module = model.build(nn).to(device, dtype)
    module.load_state_dict(reference_training.initial(model))
    options = model.options(OPTIMIZER)
    optimizer = getattr(nn.optim, OPTIMIZER)(module.parameters(), foreach=foreach, **options)
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
    case = Case(name, "training", OPTIMIZER, "", {})
    result = check_training(case, CHECKED_IN.get(name, dtype), device, SMALL[name])
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
    given = batches(name, dtype, device)
    host = [_warm(step, given, limits.warm_up)]

    def timed(batch: tuple[Any, Any]) -> Any:
        start = clock.now()
        loss = step(*batch)
        host.append(clock.now() - start)
        return loss

    with sensors.watched(device.address) as gpu:
        seconds, steady = [], Steady(limits)
        while not steady.reached(seconds):
            batch, before = next(given), parameter()
            device.synchronize()
            device.flush(host[-1])
            taken, loss = device.time(partial(timed, batch), lambda result: result)
            device.synchronize()
            if np.array_equal(before, parameter()):
                raise Wrong("a step has not changed the first parameter")
            if not np.isfinite(float(loss)):
                raise Wrong(f"the loss is {float(loss)}; expected a finite number")
            seconds.append(taken)
    median, low, high = (1e6 * each for each in interval.of_median(seconds))
    times = {"microseconds": median, "low": low, "high": high, "samples": len(seconds)}
    return {**times, "host_microseconds": 1e6 * float(np.median(host[1:])), **gpu.of_row()}


def _warm(step: Step, given: Iterator[tuple[Any, Any]], seconds: float) -> float:
    """Step for so long, and at least once; return the host's time for the last one."""
    end = clock.now() + seconds
    while True:
        batch, start = next(given), clock.now()
        step(*batch)
        if (now := clock.now()) >= end:
            return now - start


def batches(name: str, dtype: str, device: Device) -> Iterator[tuple[Any, Any]]:
    """Yield a model's batches forever, on the device."""
    for images, classes in MODELS[device.name][name].batches():
        copies = images.astype(dtype), classes.copy()  # which PyTorch may have as tensors
        yield tuple(to_device(each, device.name) for each in copies)
