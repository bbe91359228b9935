"""Runs one of numba-cuda's test files on the CPU device: the child process of run.py.

`python -m crosscheck.kernels.cpu -m crosscheck.benchmarks.numba_cuda.child FILE OUT` writes a line
of JSON for each test. It runs a copy of the file: inside numba-cuda's package, the file would
import the real numba.cuda.
"""

import importlib.util
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

from crosscheck.kernels.cpu.cuda import testing

_TESTS = "numba.cuda.tests"
_SUPPORT = f"{_TESTS}.support"  # the CPU device has its own


class _TestModuleFinder(MetaPathFinder):
    """Finds the modules that test files import from each other, in numba-cuda's package."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> ModuleSpec | None:
        if fullname == _SUPPORT or not f"{fullname}.".startswith(f"{_TESTS}."):
            return None
        place = self._root.joinpath(*fullname.split(".")[3:])
        package = place / "__init__.py"
        if package.exists():
            return importlib.util.spec_from_file_location(
                fullname, package, submodule_search_locations=[str(place)]
            )
        return importlib.util.spec_from_file_location(fullname, place.with_suffix(".py"))


class _OutcomeLog:
    """A pytest plugin that writes each outcome immediately, so that a crash loses none."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "w")

    def _write(self, test: str, outcome: str, reason: str) -> None:
        print(json.dumps([test, outcome, reason]), file=self._file, flush=True)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._write(nodeid.partition("::")[2], "started", "")

    def pytest_runtest_logreport(self, report: Any) -> None:
        test = report.nodeid.partition("::")[2]
        if report.failed:
            self._write(test, "failed", _reason(report))
        elif report.skipped:
            xfail = hasattr(report, "wasxfail")
            reason = report.wasxfail if xfail else report.longrepr[2]
            self._write(test, "expected failure" if xfail else "skipped", reason)
        elif report.when == "call":
            self._write(test, "passed", "")

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._write("", "failed", _reason(report))
        elif report.skipped:
            self._write("", "skipped", report.longrepr[2])


def _reason(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash else str(report.longrepr)


def main(file: str, out: str) -> int:
    """Run the tests of a file; return pytest's exit status."""
    source = Path(file)
    testing.test_data_dir = source.parents[1] / "data"
    sys.meta_path.insert(0, _TestModuleFinder(source.parents[1]))
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)  # also for processes that tests start
        copy = Path(folder) / source.name
        absolute_import = rf"\1from {_TESTS}.{source.parent.name}."
        copy.write_text(re.sub(r"^( *)from \.", absolute_import, source.read_text(), flags=re.M))
        options = ["-q", "--import-mode=importlib", "-p", "no:cacheprovider", f"--rootdir={folder}"]
        return pytest.main([*options, str(copy)], plugins=[_OutcomeLog(out)])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
