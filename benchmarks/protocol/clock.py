"""The host's clock, taken when this file is imported, and whether somebody replaced one since.

A subject runs in our process, so it could put a clock of its own in `time`'s place. What it does
to this module is beyond what a process can defend against: `bench run` measures no enemies, but
code that is wrong, and code that was written by whoever is rewarded for a short time.
"""

import time

_CLOCKS = ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "time")
_GENUINE = {name: getattr(time, name) for name in _CLOCKS}

now = time.perf_counter


def restore() -> list[str]:
    """Put the clocks of module `time` back, and return the names of those that were replaced."""
    replaced = [name for name, own in _GENUINE.items() if getattr(time, name) is not own]
    for name in replaced:
        setattr(time, name, _GENUINE[name])
    return replaced
