"""What a run shows where there is no terminal."""

import io
from dataclasses import replace

from rich.console import Console

from crosscheck.parity.progress import Monitor
from crosscheck.parity.result import Result

PASSED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "a", ok=True)


def test_suites_that_take_turns_have_a_line_each_and_no_more():
    console = Console(file=io.StringIO(), width=100)
    with Monitor(console, total=6, in_this_process=False) as monitor:
        for suite in ("opinfo", "fuzz", "opinfo", "fuzz", "opinfo", "fuzz"):
            monitor.advance(replace(PASSED, suite=suite))
    lines = console.file.getvalue().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["opinfo", "fuzz"]
