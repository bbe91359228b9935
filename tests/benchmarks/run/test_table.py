"""What the table says of rows with known times."""

from io import StringIO

import pytest
from rich.console import Console

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import Row
from crosscheck.benchmarks.run import table


def row(layer, subject, microseconds, algorithm="", count=1, **more):
    what = "resnet50", layer, "conv2d", "forward", subject, algorithm, "float32", "nchw", "cpu"
    times = dict(microseconds=microseconds, low=microseconds, high=microseconds)
    return Row(*what, count, **times, **more)


ROWS = [
    row("a", "torch", 20.0, count=3),
    row("a", "torch-tf32", 1.0, count=3),
    row("a", "compile", 10.0, count=3),
    row("a", "crosscheck", 5.0, "tiled", count=3),
    row("a", "crosscheck", 40.0, "direct", count=3),
    row("b", "torch", 8.0),
    row("b", "crosscheck", 8.0, "tiled"),
    row("b", "crosscheck", 0.0, "blocked", problem="it went wrong"),
    row("c", "crosscheck", 1.0, "tiled"),  # PyTorch was left out
    row("d", "torch", 0.0, note="it launches nothing"),
    row("d", "crosscheck", 2.0, "tiled"),
]


def test_the_best_of_torch_is_of_the_same_precision():
    best = {place[1]: each for place, each in table.best_of_torch(ROWS).items()}
    assert best == {"a": 10.0, "b": 8.0}


def test_means_are_geometric_and_weighted():
    means = {key[2]: value for key, value in table.weighted_means(ROWS).items()}
    assert means["tiled nchw"] == (pytest.approx(2.0 ** (3 / 4)), 2)
    assert means["direct nchw"] == (pytest.approx(0.25), 1)
    assert means["the fastest of each layer"] == means["tiled nchw"]
    assert "blocked nchw" not in means


def test_everything_is_shown():
    results = Results({"commit": "abc"}, {"FFMA": 2e12}, ROWS, ["resnet50, forward, x: 2 of 3"])
    console = Console(width=140, file=StringIO())
    table.show(console, results)
    told = console.file.getvalue()
    for text in (
        "it went wrong",
        "it launches nothing",
        "Left out: resnet50",
        "commit: abc",
        "FFMA 2,000",
        "1.68",
    ):
        assert text in told
