"""The outcomes as a Markdown page and as JSON."""

import json
from collections import Counter

from crosscheck.benchmarks.numba_cuda import report
from crosscheck.benchmarks.numba_cuda.reasons import OTHER, PTX
from crosscheck.benchmarks.numba_cuda.result import Failure, Result

RESULTS = [
    Result("cudapy/test_a.py", Counter(passed=3, failed=0, skipped=1)),
    Result(
        "cudapy/test_b.py",
        Counter(passed=1, failed=3),
        (Failure("t", "no PTX\nmore", PTX), Failure("u", "", OTHER), Failure("v", "x", PTX)),
    ),
]


def test_a_page_has_totals_groups_and_a_row_for_each_file():
    lines = report.markdown({"device": "this one"}, RESULTS).splitlines()
    assert lines[2].startswith("4 passed, 3 failed, 1 skipped.")
    assert lines[4:8] == ["Reasons for failures:", "", f"- {PTX}: 2", f"- {OTHER}: 1"]
    assert "| cudapy/test_a.py | 3 |  | 1 |  |" in lines
    assert f"| cudapy/test_b.py | 1 | 3 |  | {PTX}: 2; {OTHER}: 1 |" in lines
    assert lines[-1] == "- device: this one"


def test_json_has_each_failure():
    whole = json.loads(report.as_json({}, RESULTS))
    assert whole["totals"] == {"passed": 4, "failed": 3, "skipped": 1}
    failures = whole["files"][1]["failures"]
    assert failures[0] == {"test": "t", "group": PTX, "message": "no PTX"}
