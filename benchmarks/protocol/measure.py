"""Measure one subject on one layer in one direction: the protocol from end to end."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from crosscheck.benchmarks.protocol import (
    check,
    clock,
    interval,
    memory,
    part,
    roofline,
    sampling,
    sensors,
)
from crosscheck.benchmarks.protocol.check import PassedOn, Snapshot, Wrong
from crosscheck.benchmarks.protocol.launches import counted
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.protocol.part import Part
from crosscheck.benchmarks.protocol.sampling import InputSet, Samples
from crosscheck.benchmarks.protocol.sensors import Sensors
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.benchmarks.subjects import Subject
from crosscheck.kernels.algorithm import Unsupported

HOST_ROUNDS = 10
PASSED_ON = "nothing is launched: the gradient is grad_output itself, which is passed on"


@dataclass(frozen=True)
class Protocol:
    """What all rows of a run share: the machine's `ceilings`, and when there are samples enough."""

    ceilings: Mapping[str, float]
    limits: Limits = field(default_factory=Limits)


def measure(subject: Subject, workloads: Sequence[Workload], protocol: Protocol) -> dict[str, Any]:
    """Return the numbers of a row (see row.py), or its `problem` or `note` alone.

    `workloads` are sets of arrays of the same layer, direction and layout. Whatever a subject
    raises is the row's problem. Only Unsupported is raised, where an algorithm of ours does not
    take the layer, and KeyboardInterrupt.
    """
    try:
        numbers = _measure(subject, workloads, protocol)
    except Unsupported:
        raise
    except Wrong as error:
        numbers = {"problem": str(error)}
    except Exception as error:  # out of memory, or whatever a subject does
        text = " ".join(f"{type(error).__name__}: {error}".split())
        numbers = {"problem": text[:500]}
        workloads[0].device.forget()
    if replaced := clock.restore():
        numbers = {"problem": "it replaced the clock: time." + ", time.".join(replaced)}
    return numbers


def _measure(subject: Subject, workloads: Sequence[Workload], protocol: Protocol) -> dict[str, Any]:
    first = workloads[0]
    before, after = _drawn(first), _drawn(first)
    with subject.active(), counted() as checked:
        sets = [InputSet(each, subject.prepare(each)) for each in workloads]
        try:
            _call(sets[0], before)  # tells where the result lies: the next call finds it spoiled
            seen = _call(sets[0], before)
        except PassedOn:
            if not subject.passes_on:
                raise
            seen = None
    if seen is None:
        if check.may_pass_on(first, before):
            return {"note": PASSED_ON}
        raise Wrong("the result is grad_output itself: nothing was computed")
    must_launch = subject.launches or checked.launches > 0
    error = check.error(seen, before, first, subject.rounds)  # with PyTorch's own switches
    with subject.active():
        sampling.warm_up(sets, protocol.limits.warm_up)
        host = sampling.host_seconds(sets, HOST_ROUNDS)
        sets[0].renew()
        taken = memory.peak(sets[0].prepared.call, first)
        counting = counted() if must_launch else nullcontext()
        with counting as count, sensors.watched(first.device.address) as gpu:
            found = sampling.sample(sets, after, protocol.limits, host, count)
    error = max(error, _last_error(found, after, subject))
    return {
        **_numbers(subject, first, found, protocol),
        **_of_call(host, error, taken, gpu),
    }


def _drawn(workload: Workload) -> Part:
    direction, rng = workload.direction.name, workload.rng
    return part.draw(workload.layer.op, direction, workload.sizes, workload.options, rng)


def _call(chosen: InputSet, taken: Part) -> Snapshot:
    """Return the result of a call on new numbers, as it was right behind the call."""
    chosen.renew()
    workload = chosen.workload
    given = check.given(workload, taken)
    seen = check.snapshot(chosen.prepared.call(), workload, taken, given)
    check.finished(seen, taken, workload)
    chosen.result = seen.whole
    return seen


def _last_error(found: Samples, taken: Part, subject: Subject) -> float:
    return check.error(found.last, taken, found.of.workload, subject.rounds)


def _numbers(
    subject: Subject, workload: Workload, found: Samples, protocol: Protocol
) -> dict[str, Any]:
    """Return the times and what they are of the roofline. Raises Wrong for an impossible one."""
    median, low, high = interval.of_median(found.seconds)
    takes, ceilings = roofline.work(workload), protocol.ceilings
    fewer = roofline.fewer_products(subject, workload, ceilings)
    device = workload.device.name
    if wrong := roofline.impossible(takes, median, ceilings, device, fewer):
        raise Wrong(wrong)
    share, bound = roofline.share(takes, median, ceilings)
    return {
        "microseconds": median * 1e6,
        "low": low * 1e6,
        "high": high * 1e6,
        "samples": len(found.seconds),
        "flops": takes.flops,
        "bytes": takes.bytes,
        "share": share,
        "bound": bound,
    }


def _of_call(host: float, error: float, taken: int, gpu: Sensors) -> dict[str, Any]:
    numbers = {"host_microseconds": host * 1e6, "error": error, "peak_bytes": taken}
    return numbers | gpu.of_row()
