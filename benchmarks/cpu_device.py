"""The CPU device against numba's own simulator: the same kernel, the same machine, one run.

The simulator is switched on by an environment variable that numba reads when it is imported, so it
runs in a process of its own, started from here. Both check their result.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.matmul import TILE, matmul

SIDE = 64


def best_of(call: Callable[[], None], repeats: int) -> float:
    """Return the shortest of `repeats` durations of call(), in seconds."""
    durations = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        durations.append(time.perf_counter() - start)
    return min(durations)


def time_matmul(jit: Callable, repeats: int) -> float:
    """Time one launch of the product of two SIDE x SIDE matrices; raise when it is wrong."""
    random = np.random.default_rng(0)
    a, b = random.random((2, SIDE, SIDE), np.float32)
    c = np.full((SIDE, SIDE), np.nan, np.float32)
    launch = jit(matmul)[(SIDE // TILE, SIDE // TILE), (TILE, TILE)]
    launch(a, b, c)  # compiles, where there is something to compile
    seconds = best_of(lambda: launch(a, b, c), repeats)
    np.testing.assert_allclose(c, a.astype(np.float64) @ b, rtol=1e-5)
    return seconds


def time_in_simulator() -> float:
    """Run this module in a process where numba.cuda is numba's simulator; return its seconds."""
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-m", "benchmarks.cpu_device"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"numba's simulator failed:\n{done.stderr}")
    return json.loads(done.stdout)


def report(console: Console) -> None:
    """Measure both and print the table."""
    from kernels.cpu import jit, pool  # not in the simulator's process

    with console.status(f"{SIDE}x{SIDE}x{SIDE} matrix product in numba's simulator..."):
        simulator = time_in_simulator()
    ours = time_matmul(jit, repeats=50)
    cores = f"{pool.cores()} core{'s' if pool.cores() > 1 else ''}"
    table = Table(
        title=f"Tiled matrix product, {SIDE}x{SIDE}x{SIDE}, {TILE}x{TILE} threads a block"
    )
    table.add_column("runs on")
    table.add_column("ms a launch", justify="right")
    table.add_column("times the simulator", justify="right")
    table.add_row("numba's simulator", f"{simulator * 1e3:,.1f}", "1")
    table.add_row(f"CPU device, {cores}", f"{ours * 1e3:,.3f}", f"{simulator / ours:,.0f}")
    console.print(table)


if __name__ == "__main__":
    from numba import cuda

    print(json.dumps(time_matmul(cuda.jit, repeats=1)))
