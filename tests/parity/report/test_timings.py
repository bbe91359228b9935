"""What of PyTorch is slow, by files as the benchmarks write them."""

import io
import json

import pytest
from rich.console import Console

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import Row
from crosscheck.parity.report import timings

FACTS = {"torch": "2.99", "device": "a GPU"}


def row(layer, share, op="conv2d", direction="forward", subject="torch", device="cuda", **more):
    what = "resnet50", layer, op, direction, subject, "", "float32", "nhwc", device
    return Row(*what, microseconds=812.34, share=share, bound="FFMA" if share else "", **more)


ROWS = [
    row("stem", 0.9),
    row("56 3x3", 0.31, direction="weight_gradient"),
    row("pool", 0.123, op="max_pool2d"),
    row("half", 0.5),
    row("56 3x3", 0.01, subject="torch-deterministic"),
    row("56 3x3", 0.01, subject="crosscheck"),
    row("failed", 0.0, problem="out of memory"),
    row("LeNet5", 0.0, op="training", direction="step"),  # it has no roofline
]


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes rows as `bench run --out` does, and returns the folder."""

    def write(rows=ROWS, **environment):
        Results({**FACTS, **environment}, {}, list(rows)).write(tmp_path / "results.json")
        return tmp_path

    return write


def verdict(path, *only):
    console = Console(file=io.StringIO(), width=200)
    timings.conclude(console, timings.read(path), FACTS, *only)
    return console.file.getvalue()


def test_what_is_below_half_its_roofline_is_named_the_slowest_first(folder):
    lines = verdict(folder()).strip().splitlines()
    assert lines == [
        "max_pool2d forward float32: 'pool' of resnet50, nhwc: 812.3 µs, 12.3% of its roofline"
        " (FFMA)",
        "conv2d weight_gradient float32: '56 3x3' of resnet50, nhwc: 812.3 µs, 31.0% of its"
        " roofline (FFMA)",
        f"2 of 4 timed calls slower than half their roofline ({folder() / 'results.json'})",
    ]


def test_a_file_and_its_folder_are_the_same(folder):
    assert verdict(folder() / "results.json") == verdict(folder())


def test_only_what_is_checked_is_named(folder):
    text = verdict(folder(), "conv2d")
    assert "max_pool2d" not in text and "1 of 3 timed calls" in text
    assert "0 of 0 timed calls" in verdict(folder(), "conv2d", "float64")


def test_times_of_a_cpu_are_marked(folder):
    text = verdict(folder([row("a", 0.2, device="cpu"), row("b", 0.2)]))
    assert "(FFMA), on a CPU\n" in text and "(FFMA)\n" in text
    assert "tell nothing about a GPU" in text
    assert "tell nothing about a GPU" not in verdict(folder())


def test_times_of_another_machine_or_pytorch_are_said(folder):
    text = verdict(folder(torch="1.0", device="another"))
    assert "timed with another torch: 1.0. Here it is 2.99." in text
    assert "timed with another device: another. Here it is a GPU." in text
    assert "timed with another" not in verdict(folder())


@pytest.mark.parametrize(
    "content, message",
    [
        ("[", "no results of `crosscheck bench run`"),
        ("[]", "no results of `crosscheck bench run`"),
        ('{"cases": []}', "no results of `crosscheck bench run`: KeyError('format')"),
        ('{"format": 2}', "format is 2; expected 1"),
        ('{"format": 1, "environment": {}, "rows": [{"subject": "torch"}]}', "KeyError('share')"),
        ('{"format": 1, "environment": {}, "rows": []}', "it has no times of torch; expected"),
    ],
)
def test_another_file_is_refused(content, message, tmp_path):
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(ValueError) as caught:
        timings.read(tmp_path)
    assert message in str(caught.value) and "results.json: " in str(caught.value)


def test_a_row_without_what_is_printed_is_refused(folder):
    file = folder() / "results.json"
    content = json.loads(file.read_text())
    del content["rows"][0]["bound"]
    file.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="bound"):
        timings.read(file)
