"""The command line of the benchmarks."""

import json
from collections import Counter

import numba
import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.cpu_device import run
from crosscheck.benchmarks.cpu_device.result import Result
from crosscheck.benchmarks.numba_cuda import run as numba_cuda_run
from crosscheck.benchmarks.numba_cuda.result import Result as FileResult
from crosscheck.kernels.cpu.machine import pool


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def measured(monkeypatch):
    """Replace the measurement by fixed numbers; return the names it is called with."""
    names_measured = []

    def measure(names, advance):
        names_measured.extend(names)
        return [Result(name, "", 1.0, 0.5, 2.0, 1.0) for name in names], {"barrier": 5.0}

    monkeypatch.setattr(run, "run", measure)
    monkeypatch.setenv("CROSSCHECK_THREADS", "")  # puts back what the command sets
    return names_measured


def test_help_lists_the_benchmarks():
    result = invoke("--help")
    assert result.exit_code == 0 and "cpu-device" in result.output


def test_one_kernel_and_both_files(measured, tmp_path):
    numbers, page = tmp_path / "numbers.json", tmp_path / "page.md"
    result = invoke("cpu-device", "--kernel", "saxpy", "--json", numbers, "--markdown", page)
    assert result.exit_code == 0 and measured == ["saxpy"]
    assert json.loads(numbers.read_text())["kernels"][0]["slowdown"] == 2
    assert "| saxpy |" in page.read_text() and "saxpy" in result.output


def test_all_kernels_without_a_name(measured):
    assert invoke("cpu-device").exit_code == 0 and len(measured) >= 14


def test_the_device_and_the_loops_use_the_same_cores(measured):
    used = numba.get_num_threads()
    try:
        result = invoke("cpu-device", "--cores", 1)
        assert (pool.cores(), numba.get_num_threads()) == (1, 1)
        assert result.exit_code == 0 and "cores used: 1" in result.output
    finally:
        numba.set_num_threads(used)


def test_a_refused_option_measures_nothing(measured, tmp_path):
    for option in (("--kernel", "fft"), ("--cores", 0), ("--json", tmp_path / "none" / "x.json")):
        assert invoke("cpu-device", *option).exit_code == 2
    assert measured == []


def test_numba_cudas_tests_are_chosen_by_name(monkeypatch, tmp_path):
    chosen = []

    def fake(paths, limit, progress, jobs):
        chosen.extend(path.name for path in paths)
        return [FileResult("cudapy/test_warp_ops.py", Counter(passed=2))]

    monkeypatch.setattr(numba_cuda_run, "run", fake)
    page = tmp_path / "page.md"
    result = invoke("numba-cuda-tests", "--file", "warp_ops", "--markdown", page)
    assert result.exit_code == 0, result.output
    assert chosen == ["test_warp_ops.py"]
    assert "2 passed, 0 failed, 0 skipped" in page.read_text()
    result = invoke("numba-cuda-tests", "--file", "no such")
    assert result.exit_code == 2 and "no test file has" in result.output
