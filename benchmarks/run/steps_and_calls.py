"""The rows of the suites that have no layers: training steps, and calls up to their launch."""

from contextlib import nullcontext
from typing import Any

from crosscheck.benchmarks import launch, training
from crosscheck.benchmarks.launch import measure as calls
from crosscheck.benchmarks.peers import switches, torch_subjects
from crosscheck.benchmarks.peers import training as peer_training
from crosscheck.benchmarks.protocol.device import Device
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.run.plan import Task
from crosscheck.benchmarks.training import graph, steps

SUITES = training.SUITE, launch.SUITE


def measure(task: Task, dtype: str, device: Device, limits: Limits) -> dict[str, Any]:
    """Return the numbers of a row. Raises Wrong, and whatever a subject raises."""
    if task.suite == training.SUITE:
        if task.peer in (training.GRAPH, torch_subjects.GRAPH) and device.name == "cpu":
            return {"note": graph.MISSING}
    with switches.switched() if _is_of_torch(task) else nullcontext():
        return (_step if task.suite == training.SUITE else _call)(task, dtype, device, limits)


def _is_of_torch(task: Task) -> bool:
    return task.peer in torch_subjects.NAMES


def _step(task: Task, dtype: str, device: Device, limits: Limits) -> dict[str, Any]:
    name, where = task.layer.name, device.name
    numbers = {} if _is_of_torch(task) else {"error": steps.drift(name, dtype, where)}
    batch = next(steps.batches(name, dtype, device))
    if _is_of_torch(task):
        step, parameter = peer_training.theirs(name, dtype, where, task.peer, batch)
    elif task.peer == training.GRAPH:
        step, parameter = steps.ours(name, dtype, where, foreach=False)
        step = graph.captured(step, batch)
    else:
        step, parameter = steps.ours(name, dtype, where)
    return numbers | steps.measure(name, step, parameter, dtype, device, limits)


def _call(task: Task, dtype: str, device: Device, limits: Limits) -> dict[str, Any]:
    if _is_of_torch(task):
        return calls.theirs(task.layer.name, dtype, device, limits)
    return calls.ours(task.layer.name, task.direction, dtype, device, limits)
