"""A day with a GPU: what to run in ten minutes, in the order of what it tells.

1. Parity: the quick suite on the GPU, every algorithm. A kernel that is wrong has no speed.
2. compute-sanitizer's four tools on one convolution, where the machine has and allows them.
3. The benchmarks in the order of their value, until the time is up.
4. The report of their results.

Each step is a process with a limit. Its output is in DIR/<step>.log, and how it ended in
DIR/day.json as soon as it ends: to stop at any moment leaves what was done. Another run in the same
folder repeats only what was not done; the benchmarks go on where they were.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity.report import files

TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
SUITES = (
    *("resnet50", "ladder", "memory-bound", "mobilenet", "kernelbench", "convnet"),
    *("training", "launch", "scaling"),
)
REPORT = 30.0  # seconds that are kept for it
LEAST = 5.0  # seconds: with less a step is not begun
STARTING = 10.0  # seconds before a process counts its own minutes: it imports PyTorch and numba
GRACE = 15.0  # seconds from Ctrl-C to the end of a process that writes what it has

MINUTES = "{minutes}"
DONE, FAILED, CUT, LEFT_OUT = "done", "failed", "cut by its limit", "left out"


@dataclass(frozen=True)
class Step:
    """What runs: in `command`, MINUTES stands for the limit, less STARTING, which is this share of
    the time left.

    `missing` says why it cannot run here.
    """

    name: str
    command: tuple[str, ...]
    share: float
    missing: str = ""


@dataclass(frozen=True)
class Ended:
    """How a step ended: DONE, FAILED, CUT or LEFT_OUT, after how many seconds, and why."""

    step: str
    how: str
    seconds: float = 0.0
    why: str = ""


def steps(device: str, out: Path, op: str | None = None) -> tuple[Step, ...]:
    """Return the steps of a day, in order; the last is the report. `op` narrows all to it."""
    crosscheck = sys.executable, "-m", "crosscheck"
    only = ("--op", op) if op else ()
    quick = *crosscheck, "parity", "--suite", "quick", "--device", device
    jobs = "--jobs", str(min(8, pool.available_cores()))
    found = [Step("parity", (*quick, *only, *jobs, "--json", str(out / "parity.json")), 0.4)]
    for tool in TOOLS:
        one = "--op", "conv2d", "--case", "padding-1", "--dtype", "float32", "--jobs", "1"
        command = "compute-sanitizer", "--tool", tool, "--error-exitcode", "9", *quick, *one
        found.append(Step(f"sanitizer-{tool}", command, 0.1, _why_no_sanitizer(device)))
    suites = (word for suite in SUITES for word in ("--suite", suite))
    how = "--device", device, "--minutes", MINUTES, "--resume", "--out", str(out)
    found.append(Step("benchmarks", (*crosscheck, "bench", "run", *suites, *only, *how), 1.0))
    found.append(Step("report", (*crosscheck, "bench", "report", str(out)), 1.0))
    return tuple(found)


def _why_no_sanitizer(device: str) -> str:
    if device != "cuda":
        return "it watches GPUs; for the CPU device there is `crosscheck parity --sanitize`"
    if shutil.which("compute-sanitizer") is None:
        return "compute-sanitizer is not installed: it comes with the CUDA toolkit"
    return ""


def run(
    steps: Sequence[Step],
    out: Path,
    seconds: float,
    begins: Callable[[Step, float], None] = lambda step, limit: None,
) -> Iterator[Ended]:
    """Run the steps within `seconds`, and yield how each ended; `begins(step, limit)` before each.

    Raises KeyboardInterrupt after the running step has ended and day.json says so.
    """
    end = time.monotonic() + seconds
    before = {each.step: each for each in read(out)}
    ended: list[Ended] = []
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        left = end - time.monotonic() - (0.0 if is_last else REPORT)
        limit = max(left, REPORT) if is_last else left * step.share
        known = before.get(step.name)
        if known is not None and known.how == DONE and not is_last:
            result = known
        elif step.missing:
            result = Ended(step.name, LEFT_OUT, why=step.missing)
        elif limit < LEAST:
            result = Ended(step.name, LEFT_OUT, why="no time was left")
        else:
            begins(step, limit)
            result = _run(step, out / f"{step.name}.log", limit)
        ended.append(result)
        later = [before[each.name] for each in steps[number + 1 :] if each.name in before]
        _write(out, [*ended, *later])
        yield result
        if result.why == "interrupted":
            raise KeyboardInterrupt


def read(out: Path) -> list[Ended]:
    """Return how the steps of a folder ended so far; [] where nothing was run. Raises ValueError
    where day.json is damaged.
    """
    path = out / "day.json"
    if not path.exists():
        return []
    try:
        return [Ended(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} is no record of a day: {error}; delete it") from None


def _write(out: Path, ended: Sequence[Ended]) -> None:
    files.write(out / "day.json", json.dumps([asdict(each) for each in ended], indent=1))


def _run(step: Step, log: Path, limit: float) -> Ended:
    """Run a step. At its limit it gets Ctrl-C, so that it can write what it has."""
    command = [
        word.replace(MINUTES, f"{max(0.0, limit - STARTING) / 60:.2f}") for word in step.command
    ]
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as file:
        file.write(f"{' '.join(command)}\n\n")
        file.flush()
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        how, why = CUT, f"it had {limit:.0f} s"
        try:
            # The benchmarks stop by themselves when their minutes are over: a row may end later.
            own = LEAST if MINUTES in step.command else 0.0
            status = process.wait(limit + own)
            how, why = (DONE, "") if status == 0 else (FAILED, f"exit status {status}: see {log}")
        except subprocess.TimeoutExpired:
            _interrupt(process)
        except KeyboardInterrupt:
            _interrupt(process)
            why = "interrupted"
    return Ended(step.name, how, round(time.monotonic() - start, 1), why)


def _interrupt(process: subprocess.Popen) -> None:
    """End a process and all that it started: with Ctrl-C, and if that does not help, for good."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
