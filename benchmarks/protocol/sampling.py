"""One sample after the other, each on other arrays with new numbers, until the median is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import active_count

import numpy as np

from crosscheck.benchmarks.protocol import check, clock
from crosscheck.benchmarks.protocol.check import Snapshot, Wrong
from crosscheck.benchmarks.protocol.launches import Count
from crosscheck.benchmarks.protocol.limits import Limits, Steady
from crosscheck.benchmarks.protocol.part import Part
from crosscheck.benchmarks.protocol.workload import Workload
from crosscheck.benchmarks.subjects import Prepared
from crosscheck.kernels.arrays import Array


@dataclass
class InputSet:
    """A workload and a subject's call on it, with the result of the call before."""

    workload: Workload
    prepared: Prepared
    result: Array | None = None

    def renew(self) -> None:
        """Spoil the last result where it lies, and put new numbers into the inputs."""
        if self.result is not None:
            check.poison(self.result)
            self.result = None
        self.workload.refill()
        self.prepared.refresh()


@dataclass
class Samples:
    """What sampling gave: seconds of each, and which result may still be checked."""

    seconds: list[float] = field(default_factory=list)
    last: Snapshot | None = None
    of: InputSet | None = None


def sample(
    sets: Sequence[InputSet],
    part: Part,
    limits: Limits,
    host_seconds: float,
    launches: Count | None = None,
) -> Samples:
    """Return samples of the sets in turn, the last with the part of its result.

    host_seconds   what the host takes to give a GPU a call
    launches       counts them, where each call has to launch a kernel

    Raises Wrong where a result was written after its call had ended, or is that of other numbers to
    the bit; where a call launches nothing, and where it leaves a thread behind.
    """
    device, found, repeats = sets[0].workload.device, Samples(), 0
    steady = Steady(limits)
    while not steady.reached(found.seconds):
        chosen = sets[len(found.seconds) % len(sets)]
        chosen.renew()
        given = check.given(chosen.workload, part)
        taken = partial(check.snapshot, workload=chosen.workload, part=part, before=given)
        device.synchronize()
        device.flush(host_seconds)
        threads, launched = active_count(), launches.launches if launches else -1
        seconds, seen = device.time(chosen.prepared.call, taken)
        if active_count() > threads:
            raise Wrong("the call has left a thread behind that may still compute")
        if launches and launches.launches == launched:
            raise Wrong("no kernel was launched")
        check.finished(seen, part, chosen.workload)
        repeats = repeats + 1 if found.last is not None and _same(found.last, seen) else 0
        if repeats > 2:  # a mean may be the same by chance
            raise Wrong("the result does not depend on the input")
        chosen.result, found.last, found.of = seen.whole, seen, chosen
        found.seconds.append(seconds)
    return found


def _same(one: Snapshot, other: Snapshot) -> bool:
    return bool((one.part == other.part).all())


def warm_up(sets: Sequence[InputSet], seconds: float) -> None:
    """Call for so long, and at least once on each set."""
    end, number = clock.now() + seconds, 0
    while number < len(sets) or clock.now() < end:
        host_seconds([sets[number % len(sets)]], 1)
        number += 1


def host_seconds(sets: Sequence[InputSet], rounds: int) -> float:
    """Return the median of the host's time for a whole call, without waiting for a GPU."""
    device, times = sets[0].workload.device, []
    for number in range(rounds):
        chosen = sets[number % len(sets)]
        chosen.renew()
        device.synchronize()
        start = clock.now()
        result = chosen.prepared.call()
        times.append(clock.now() - start)
        chosen.result = check.array_of(result, chosen.workload)
    device.synchronize()
    return float(np.median(times))
