"""The GPU's clock, its temperature, and why its clocks are held back: asked all the while.

A thread asks while a row is timed: what throttles for a part of that time shows, and no sample
waits for the answer.

From NVIDIA's library where nvidia-ml-py is installed, else from `nvidia-smi`; where neither is, as
on a CPU, nothing is said. Not run on a GPU yet.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Event, Thread
from typing import Any

QUERY = "clocks.sm,temperature.gpu,clocks_throttle_reasons.active"
PAUSE = 0.02  # seconds from an answer to the next question
# Bits of that mask, NVML's names. Idle (1) and the application's own clocks (2) hold nothing back.
REASONS = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x10: "sync boost",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "hardware power brake",
}


@dataclass
class Sensors:
    """What was read so far: `clock_mhz` and `celsius` are means, 0 without a reading."""

    clocks: list[float] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    mask: int = 0

    def read(self, gpu: str) -> bool:
        """Ask this GPU once; return whether it answered: without an answer nothing is added."""
        answer = _from_library(gpu) or _from_command(gpu)
        if answer:
            clock, celsius, mask = answer
            self.clocks.append(clock)
            self.temperatures.append(celsius)
            self.mask |= mask
        return bool(answer)

    def of_row(self) -> dict[str, Any]:
        """Return what a row says of them."""
        numbers = {"clock_mhz": self.clock_mhz, "celsius": self.celsius}
        return {**numbers, "throttled": self.throttled}

    def _watch(self, gpu: str, stopped: Event) -> None:
        while self.read(gpu) and not stopped.wait(PAUSE):
            pass

    @property
    def clock_mhz(self) -> float:
        return sum(self.clocks) / len(self.clocks) if self.clocks else 0.0

    @property
    def celsius(self) -> float:
        return sum(self.temperatures) / len(self.temperatures) if self.temperatures else 0.0

    @property
    def throttled(self) -> str:
        return ", ".join(name for bit, name in REASONS.items() if self.mask & bit)


@contextmanager
def watched(gpu: str) -> Iterator[Sensors]:
    """Ask a GPU, by its PCI address, at once and every PAUSE until the end; "": none is there."""
    found, stopped = Sensors(), Event()
    thread = Thread(target=found._watch, args=(gpu, stopped), daemon=True)
    if gpu:
        thread.start()
    try:
        yield found
    finally:
        stopped.set()
        if gpu:
            thread.join()


@cache
def _handle(gpu: str) -> Any:
    import pynvml

    pynvml.nvmlInit()
    return pynvml.nvmlDeviceGetHandleByPciBusId(gpu)


def _from_library(gpu: str) -> tuple[float, float, int] | None:
    try:
        import pynvml

        handle = _handle(gpu)
        return (
            float(pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM)),
            float(pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU)),
            int(pynvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle)),
        )
    except Exception:  # not installed, or no driver: then nothing is said
        return None


def _from_command(gpu: str) -> tuple[float, float, int] | None:
    form = "--format=csv,noheader,nounits"
    command = ["nvidia-smi", f"--query-gpu={QUERY}", form, f"--id={gpu}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
        clock, celsius, mask = answer.stdout.strip().split(", ")
        return float(clock), float(celsius), int(mask, 16)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
