"""The GPU's clock, its temperature, and why its clocks are held back: asked between samples.

From NVIDIA's library where nvidia-ml-py is installed, else from `nvidia-smi`; where neither is, as
on a CPU, nothing is said. Not run on a GPU yet.
"""

import subprocess
from dataclasses import dataclass, field

QUERY = "clocks.sm,temperature.gpu,clocks_throttle_reasons.active"
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

    def read(self) -> None:
        """Ask once; without an answer nothing is added."""
        answer = _from_library() or _from_command()
        if answer:
            clock, celsius, mask = answer
            self.clocks.append(clock)
            self.temperatures.append(celsius)
            self.mask |= mask

    @property
    def clock_mhz(self) -> float:
        return sum(self.clocks) / len(self.clocks) if self.clocks else 0.0

    @property
    def celsius(self) -> float:
        return sum(self.temperatures) / len(self.temperatures) if self.temperatures else 0.0

    @property
    def throttled(self) -> str:
        return ", ".join(name for bit, name in REASONS.items() if self.mask & bit)


def _from_library() -> tuple[float, float, int] | None:
    try:
        import pynvml

        pynvml.nvmlInit()
        gpu = pynvml.nvmlDeviceGetHandleByIndex(0)
        return (
            float(pynvml.nvmlDeviceGetClockInfo(gpu, pynvml.NVML_CLOCK_SM)),
            float(pynvml.nvmlDeviceGetTemperature(gpu, pynvml.NVML_TEMPERATURE_GPU)),
            int(pynvml.nvmlDeviceGetCurrentClocksThrottleReasons(gpu)),
        )
    except Exception:  # not installed, or no driver: then nothing is said
        return None


def _from_command() -> tuple[float, float, int] | None:
    command = ["nvidia-smi", f"--query-gpu={QUERY}", "--format=csv,noheader,nounits", "--id=0"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
        clock, celsius, mask = answer.stdout.strip().split(", ")
        return float(clock), float(celsius), int(mask, 16)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
