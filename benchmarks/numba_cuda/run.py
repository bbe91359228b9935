"""Runs numba-cuda's test files, each in a process of its own with a time limit."""

import ast
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crosscheck.benchmarks.numba_cuda.reasons import CRASH, TIME, group
from crosscheck.benchmarks.numba_cuda.result import FAILED, PASSED, SKIPPED, Failure, Result

ROOT = Path(__file__).resolve().parents[2]

# Of the driver's tests, those of features that scripts use: arrays, streams, events.
_CUDADRV = (
    *("array_attr", "cuda_array_slicing", "cuda_auto_context", "cuda_devicerecord"),
    *("cuda_ndarray", "detect", "events", "host_alloc", "is_fp16", "managed_alloc", "pinned"),
    *("profiler", "select_device", "streams"),
)


def tests() -> Path:
    """Return the folder of numba-cuda's tests. Raises ModuleNotFoundError without numba-cuda."""
    found = importlib.util.find_spec("numba_cuda")
    if found is None:
        raise ModuleNotFoundError("numba-cuda is not installed: this runs its tests")
    return Path(found.origin).parent / "numba" / "cuda" / "tests"


def files() -> list[Path]:
    """Return the test files, sorted."""
    folder = tests()
    found = [*folder.glob("cudapy/test_*.py"), *folder.glob("doc_examples/**/test_*.py")]
    found += [folder / "cudadrv" / f"test_{name}.py" for name in _CUDADRV]
    return sorted(found)


def run(
    chosen: Sequence[Path], limit: float, progress: Callable[[str], None], jobs: int = 1
) -> list[Result]:
    """Run each file for at most `limit` seconds, `jobs` of them at once.

    `progress` is called with the name of each file that is done.
    """

    def run_file(file: Path) -> Result:
        result = _run(file, limit)
        progress(result.file)
        return result

    with ThreadPoolExecutor(jobs) as executor:
        return list(executor.map(run_file, chosen))


def _run(file: Path, limit: float) -> Result:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcomes"
        child = [
            "-m",
            "crosscheck.kernels.cpu",
            "-m",
            "crosscheck.benchmarks.numba_cuda.child",
            str(file),
            str(out),
        ]
        try:
            subprocess.run([sys.executable, *child], cwd=ROOT, capture_output=True, timeout=limit)
            unfinished = CRASH
        except subprocess.TimeoutExpired:
            unfinished = TIME
        lines = out.read_text().splitlines() if out.exists() else []
    outcomes = _final_outcomes([json.loads(line) for line in lines])
    return _result(file, outcomes, unfinished, time.perf_counter() - started)


def _final_outcomes(lines: list[list[str]]) -> dict[str, tuple[str, str]]:
    """Return (outcome, message) for each test, from a log of [test, outcome, message].

    A test has failed if one of its subtests has.
    """
    outcomes: dict[str, tuple[str, str]] = {}
    for test, outcome, message in lines:
        if not (outcome == PASSED and outcomes.get(test, ("",))[0] == FAILED):
            outcomes[test] = outcome, message
    return outcomes


def _result(file: Path, outcomes: dict, unfinished: str, seconds: float) -> Result:
    """Return the outcomes, counted; `unfinished` is the group of a test that did not end."""
    counts = Counter({PASSED: 0, FAILED: 0, SKIPPED: 0})
    failures = []
    if not outcomes:
        outcomes = {"": ("started", "")}
    for test, (outcome, message) in outcomes.items():
        number = 1 if test else _count_tests(file)  # "" stands for the whole file
        if outcome == "expected failure":
            counts[PASSED] += number
        elif outcome == "started":
            counts[FAILED] += number
            failures += [Failure(test or "(not started)", unfinished, unfinished)] * number
        else:
            counts[outcome] += number
            if outcome == FAILED:
                failures += [Failure(test or "(import)", message, group(message))] * number
    name = "/".join(file.relative_to(tests()).parts)
    return Result(name, counts, tuple(failures), seconds)


def _count_tests(file: Path) -> int:
    """Return the number of functions in a file whose names begin with "test"."""
    tree = ast.parse(file.read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return sum(function.name.startswith("test") for function in functions)
