"""A made-up run of a made-up GPU: numbers that nobody measured, and that stay in these tests."""

import json
from math import prod

import pytest

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import DIRECTIONS, Row
from crosscheck.benchmarks.suites import SUITES

FFMA, COPY = 60e12, 4e12
# Shares of the roofline, by subject and algorithm.
SPEEDS = {
    ("crosscheck", "direct"): 0.05,
    ("crosscheck", "tiled"): 0.12,
    ("crosscheck", "blocked"): 0.65,
    ("crosscheck", "pipelined"): 0.78,
    ("torch", ""): 0.7,
    ("torch-tf32", ""): 0.97,
    ("torch-deterministic", ""): 0.6,
    ("compile", ""): 0.72,
}


def flops(layer):
    n, _, h, w = layer.inputs["input"]
    step = layer.options.get("stride", 1)
    return 2.0 * n * (h // step) * (w // step) * prod(layer.inputs["weight"])


@pytest.fixture
def row():
    """A function that returns the row of a layer, direction, subject and algorithm."""

    def make(suite, layer, direction, subject, algorithm, share, device="cuda", **fields):
        moved = 4.0 * (prod(layer.inputs["input"]) * 2 + prod(layer.inputs["weight"]))
        operations = flops(layer)
        # Neither too regular, nor another one each time.
        bump = 1 + 0.5 * (sum(map(ord, layer.name + direction + subject)) % 17 - 8) / 8
        least = max(operations / FFMA, moved / COPY) * 1e6
        time = least / min(0.95, share * bump)
        values = dict(microseconds=time, low=time * 0.98, high=time * 1.03, samples=40)
        values |= dict(flops=operations, bytes=moved, share=least / time, bound="FFMA", error=0.2)
        what = suite, layer.name, layer.op, direction, subject, algorithm
        return Row(*what, "float32", "nchw", device, layer.count, **(values | fields))

    return make


@pytest.fixture
def results(row):
    """A function that returns a run of some suites, on a GPU or on a CPU."""

    def make(*suites, device="cuda", directions=DIRECTIONS):
        rows = [
            row(suite, layer, direction, *who, share, device)
            for suite in suites
            for layer in SUITES[suite]
            for direction in directions
            for who, share in SPEEDS.items()
        ]
        facts = {"device": "Imaginary 9000", "driver": "1.2", "date": "2001-01-01"}
        facts |= {"commit": "0123456789ab", "command": "crosscheck bench run --suite made-up"}
        return Results(facts, {"copy": COPY, "FFMA": FFMA}, rows, ["mobilenet: no time"])

    return make


@pytest.fixture
def prediction():
    """A function that returns the text of a file of predictions for some rows."""

    def make(rows, gpu="Imaginary 9000 SXM", **fields):
        named = ("suite", "layer", "op", "direction", "algorithm", "dtype", "layout")
        found = [
            {name: getattr(each, name) for name in named}
            | dict(device=gpu, bound="issue", microseconds=each.microseconds / 2)
            | dict(share=min(1.0, 1.3 * each.share), flops=each.flops, bytes=each.bytes, problem="")
            | fields
            for each in rows
            if each.subject == "crosscheck"
        ]
        return json.dumps({"format": 1, "kind": "prediction", "rows": found})

    return make
