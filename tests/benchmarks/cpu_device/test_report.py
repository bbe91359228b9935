"""The table, the Markdown page and the JSON agree."""

import io
import json
import math

import pytest
from rich.console import Console

from crosscheck.benchmarks.cpu_device import report
from crosscheck.benchmarks.cpu_device.result import Result, geometric_mean, summary

RESULTS = [
    Result("saxpy", "", 2.0, 0.001, 0.006, 0.002),
    Result("matmul, naive", "", 8.0, 0.001, 0.006, 0.0005),
    Result("scan, shuffles", "shuffles", None, 0.001, 0.05, 0.001),
]
FACTS = {"device": "a CPU, 2 cores", "numba": "1.2.3"}
WAITING = {"barrier, 256 threads": 12.34}


def test_ratios_and_their_means():
    assert RESULTS[0].speedup == 2000 and RESULTS[0].slowdown == 3
    assert RESULTS[2].speedup is None
    assert list(summary(RESULTS).values()) == pytest.approx([4000, 6, 50])
    assert geometric_mean([2, 8]) == pytest.approx(4) and math.isnan(geometric_mean([]))


def test_markdown():
    page = report.markdown(FACTS, RESULTS, WAITING)
    assert "| saxpy |  | 2,000 | 1.000 | 2,000 | 2.00 | 6.00 | 3.0 |" in page
    assert "| scan, shuffles | shuffles | has no warp operations | 1.000 |  | 1.00 |" in page
    assert "speedup over the simulator: 4,000.0" in page
    assert "barrier, 256 threads: 12.3 ns per thread" in page
    assert "numba: 1.2.3" in page


def test_json():
    content = json.loads(report.as_json(FACTS, RESULTS, WAITING))
    assert content["machine"] == FACTS and content["nanoseconds_per_thread"] == WAITING
    saxpy, _, scan = content["kernels"]
    assert saxpy["kernel"] == "saxpy" and saxpy["speedup"] == 2000
    assert (saxpy["simulator_ms"], saxpy["device_large_ms"], saxpy["loop_ms"]) == (2000, 6, 2)
    assert scan["simulator_ms"] is None and scan["simulator_limitation"] == "has no warp operations"
    assert content["geometric_means"]["speedup over the simulator"] == pytest.approx(4000)


def test_a_mean_of_no_kernels_is_left_out():
    text = report.as_json(FACTS, RESULTS[:1], WAITING)
    means = json.loads(text)["geometric_means"]
    assert means["slowdown against the loop, threads that wait"] is None
    assert "nan" not in report.markdown(FACTS, RESULTS[:1], WAITING)


def test_the_table_shows_every_kernel():
    console = Console(width=120, file=io.StringIO())
    report.show(console, FACTS, RESULTS, WAITING)
    shown = console.file.getvalue()
    assert all(result.name in shown for result in RESULTS)
    assert "4,000.0" in shown and "a CPU, 2 cores" in shown
