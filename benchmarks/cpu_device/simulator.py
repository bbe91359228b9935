"""Small problems in numba's simulator, which runs every CUDA thread as a thread of Python.

An environment variable that numba reads when it is imported turns it on, so it has a process of its
own: this module, run with the names of cases, writes a line for each as soon as it is done.
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
    """Yield (name, seconds) for each case. Raises RuntimeError when the process fails."""
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-m", "crosscheck.benchmarks.cpu_device.simulator", *names]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        with process:  # closes its output and waits for its end, whatever happens here
            for line in process.stdout:
                yield tuple(json.loads(line))
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"numba's simulator failed:\n{errors.read()}")


def _time(name: str) -> float:
    """Time one launch, checked; there is nothing to compile, and a second one takes as long."""
    case = CASES[name]
    problem = case.make(case.small)
    return run(name, problem, cuda.jit(case.kernel)[problem.grid, problem.block])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps((name, _time(name))), flush=True)
