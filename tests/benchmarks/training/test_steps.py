"""Whole training steps as rows."""

import numpy as np
import pytest

from crosscheck.benchmarks.peers import training as peer_training
from crosscheck.benchmarks.protocol import device
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.sampling import Limits
from crosscheck.benchmarks.training import steps

FEW = Limits(least=3, most=3, warm_up=0.0)


def measured(step, parameter):
    return steps.measure("SimpleCNN", step, parameter, "float32", device.of("cpu"), FEW)


def test_ours_and_theirs_begin_alike_and_train():
    made = (
        steps.ours("SimpleCNN", "float32", "cpu"),
        peer_training.theirs("SimpleCNN", "float32", "cpu", False),
    )
    images, classes = next(steps._batches("SimpleCNN", "float32", device.of("cpu")))
    assert np.array_equal(made[0][1](), made[1][1]())
    losses = [float(step(images, classes)) for step, _ in made]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for each in made:
        numbers = measured(*each)
        assert 0 < numbers["low"] <= numbers["microseconds"] <= numbers["high"]
        assert numbers["samples"] == 3 and numbers["host_microseconds"] > 0


def test_a_step_that_trains_nothing_is_no_measurement():
    with pytest.raises(Wrong, match="has not changed the first parameter"):
        measured(lambda images, classes: np.float32(1), lambda: np.zeros(3))


def test_a_loss_that_is_not_finite_is_no_measurement():
    values = iter(np.arange(100.0))
    with pytest.raises(Wrong, match="the loss is nan"):
        measured(lambda images, classes: np.float32(np.nan), lambda: np.array(next(values)))


def test_our_training_is_held_to_pytorchs(monkeypatch):
    assert 0 < steps.drift("SimpleCNN", "float32", "cpu") <= 1
    adjusted = steps.check_training

    def off(*given):
        result = adjusted(*given)
        return type(result)(**{**vars(result), "ok": False, "message": "too far"})

    monkeypatch.setattr(steps, "check_training", off)
    with pytest.raises(Wrong, match="too far"):
        steps.drift("SimpleCNN", "float32", "cpu")
