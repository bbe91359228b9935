"""Times numba's simulator, which runs every CUDA thread as a Python thread.

numba reads NUMBA_ENABLE_CUDASIM when it is imported, so the simulator needs a process of its own:
this module, run with the names of cases. It prints a line after each case.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence

from numba import cuda

from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.benchmarks.cpu_device.measure import run


def times(names: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield (name, seconds) for each case. Raises RuntimeError where the process fails."""
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-m", "crosscheck.benchmarks.cpu_device.simulator", *names]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        with process:  # on leaving: closes its output and waits for its end
            for line in process.stdout:
                yield tuple(json.loads(line))
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"numba's simulator failed:\n{errors.read()}")


def _time(name: str) -> float:
    """Return the seconds of one launch. One is enough: nothing is compiled."""
    case = CASES[name]
    problem = case.make(case.small)
    return run(name, problem, cuda.jit(case.kernel)[problem.grid, problem.block])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps((name, _time(name))), flush=True)
