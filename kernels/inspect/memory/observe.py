"""Runs our own kernels on the CPU device and records what they access."""

from collections.abc import Iterator

from crosscheck.kernels.cpu.sanitizer.trace import Trace, recording
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.inspect.memory.quads import joined


def observe(name: str, dtype: type) -> Iterator[tuple[str, Trace]]:
    """Yield (kernel, trace) for one launch of each kernel whose dotted name contains `name`.

    Its accesses are as wide as on a GPU. The launches are those of the operators' examples. Of
    several launches of one kernel the last is run, as in launches.record.
    """
    owners = launches.Owners()
    chosen = {
        each.name: run
        for run in launches.runs(dtype)
        for each in launches.launched(run)
        if name in each.name and owners.has(run, each.name)
    }
    for kernel, run in sorted(chosen.items()):
        with recording() as traces:
            run()
        found = {launched.removeprefix("crosscheck.kernels."): trace for launched, trace in traces}
        yield kernel, joined(found[kernel])
