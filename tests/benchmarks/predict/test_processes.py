"""Predictions in several processes: the same rows in the same order, and a process that dies."""

import os

import pytest

from crosscheck.benchmarks.gpus import GPUS
from crosscheck.benchmarks.predict import run
from crosscheck.benchmarks.suites import conv

LAYERS = [
    ("own", conv("first", (2, 16, 12, 12), 16, 3, padding=1)),
    ("own", conv("second", (2, 8, 12, 12), 16, 1)),
]


class Dies:
    """A part whose process ends as by a crash."""

    def predictions(self):
        os._exit(1)


def test_several_processes_predict_what_one_does():
    parts = run.parts(GPUS["h200"], LAYERS, ["forward", "input_gradient"], ["direct"])
    told = []
    found = list(run.run(parts, 2, lambda what, done: told.append((what, done))))
    assert [each.direction for each in found] == ["forward", "input_gradient"] * 2
    assert [each.layer for each in found] == ["first"] * 2 + ["second"] * 2
    assert all(each.microseconds > 0 for each in found)
    assert found == list(run.run(parts, 1))
    assert told[0] == ("own: first forward", 0) and told[-1][1] == 3


def test_a_process_that_dies_is_an_error():
    with pytest.raises(RuntimeError, match="process that predicts died; --jobs 1"):
        list(run.run([Dies(), Dies()], 2))
