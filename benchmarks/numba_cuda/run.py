"""Runs numba-cuda's test files, each in a process of its own with a limit of time."""

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

from crosscheck.benchmarks.numba_cuda.reasons import group
from crosscheck.benchmarks.numba_cuda.result import FAILED, PASSED, SKIPPED, Failure, Result

ROOT = Path(__file__).resolve().parents[2]
TIMED_OUT = "ran past the limit of time"

# Of the tests of the driver, those of what scripts use: arrays, streams, events.
_CUDADRV = (
    *("array_attr", "cuda_array_slicing", "cuda_auto_context", "cuda_devicerecord"),
    *("cuda_ndarray", "detect", "events", "host_alloc", "is_fp16", "managed_alloc", "pinned"),
    *("profiler", "select_device", "streams"),
)
_OUTCOMES = {"expected failure": PASSED, "started": FAILED}


def tests() -> Path:
    """Return the folder of numba-cuda's tests. Raises ModuleNotFoundError where it is missing."""
    found = importlib.util.find_spec("numba_cuda")
    if found is None:
        raise ModuleNotFoundError("numba-cuda is not installed: its tests are what is run here")
    return Path(found.origin).parent / "numba" / "cuda" / "tests"


def files() -> list[Path]:
    """Return the test files, in order."""
    folder = tests()
    found = [*folder.glob("cudapy/test_*.py"), *folder.glob("doc_examples/**/test_*.py")]
    found += [folder / "cudadrv" / f"test_{name}.py" for name in _CUDADRV]
    return sorted(found)


def run(
    chosen: Sequence[Path], limit: float, progress: Callable[[str], None], jobs: int = 1
) -> list[Result]:
    """Run each file, `jobs` of them at once; tell `progress` its name when it is done."""

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
        except subprocess.TimeoutExpired:
            pass
        lines = out.read_text().splitlines() if out.exists() else []
    outcomes = _last([json.loads(line) for line in lines])
    return _counted(file, outcomes, time.perf_counter() - started)


def _last(lines: list[list[str]]) -> dict[str, tuple[str, str]]:
    """Return what each test ended as. A part that failed makes the whole fail."""
    outcomes: dict[str, tuple[str, str]] = {}
    for test, outcome, message in lines:
        if not (outcome == PASSED and outcomes.get(test, ("",))[0] == FAILED):
            outcomes[test] = outcome, message
    return outcomes


def _counted(file: Path, outcomes: dict, seconds: float) -> Result:
    counts: Counter = Counter()
    failures = []
    for test, (outcome, message) in outcomes.items():
        number = 1 if test else _tests_in(file)  # a file that cannot be imported has no tests
        outcome, message = _OUTCOMES.get(outcome, outcome), message or TIMED_OUT
        counts[outcome] += number
        if outcome == FAILED:
            why = group(message)
            failures += [Failure(test or "(import)", message, why)] * number
    missing = _tests_in(file) - sum(counts.values()) if not outcomes else 0
    counts[FAILED] += missing
    failures += [Failure("(never begun)", TIMED_OUT, group(TIMED_OUT))] * missing
    name = "/".join(file.relative_to(tests()).parts)
    kinds = {kind: counts[kind] for kind in (PASSED, FAILED, SKIPPED)}
    return Result(name, Counter(kinds), tuple(failures), seconds)


def _tests_in(file: Path) -> int:
    """Return how many functions of a file are called test something."""
    tree = ast.parse(file.read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return sum(function.name.startswith("test") for function in functions)
