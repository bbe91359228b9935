"""Whole training steps as rows."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.benchmarks.peers import training as peer_training
from crosscheck.benchmarks.protocol import device
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.training import steps
from crosscheck.benchmarks.training.models import SMALL

FEW = Limits(least=3, most=3, warm_up=0.0)


def measured(step, parameter):
    return steps.measure("SimpleCNN", step, parameter, "float32", device.of("cpu"), FEW)


def test_ours_and_theirs_begin_alike_and_train():
    made = (
        steps.ours("SimpleCNN", "float32", "cpu"),
        peer_training.theirs("SimpleCNN", "float32", "cpu", "torch", ()),
    )
    images, classes = next(steps.batches("SimpleCNN", "float32", device.of("cpu")))
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


def test_resnet18_is_the_papers_in_both_packages():
    theirs, ours = (SMALL["ResNet18"].build(package) for package in (torch.nn, nn))
    sizes = {name: tuple(each.shape) for name, each in theirs.state_dict().items()}
    assert sum(each.numel() for each in theirs.parameters()) == 11_689_512  # torchvision's
    assert {name: tuple(each.shape) for name, each in ours.state_dict().items()} == sizes


def test_a_deep_model_is_held_to_pytorchs_run_in_float64(monkeypatch):
    asked = []

    def check(case, dtype, device, model):
        asked.append((case.op, dtype, model.steps))
        return SimpleNamespace(ok=True, share=0.1, message="")

    monkeypatch.setattr(steps, "check_training", check)
    for name in ("LeNet5", "ResNet18"):
        steps.drift(name, "float32", "cpu")
    assert asked == [("LeNet5", "float32", 50), ("ResNet18", "float64", 2)]
