"""Digits are moved whole, both nets have one size, and the example runs for a few steps."""

import json

import numpy as np
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import data
from crosscheck.examples import shifted_digits as example
from crosscheck.examples.data import Data


def test_a_digit_is_in_the_middle_and_moves_whole():
    digits = np.zeros((1, 1, 28, 28), np.float32)
    digits[:, :, 2:-2, 2:-2] = 1
    centred = example.centred(digits)
    assert centred.shape == (1, 1, 32, 32)
    assert centred.sum() == centred[:, :, 8:24, 8:24].sum() == 16 * 16
    far = example.shifted(centred, 0, example.FARTHEST)
    assert far.sum() == far[:, :, 8:24, 16:32].sum() == 16 * 16
    assert example.shifted(centred, -3, 0)[0, 0, 5:21, 8:24].all()


def test_the_nets_have_as_many_parameters_to_four_percent():
    cnn, dense = (
        sum(each.numel() for each in build().parameters()) for build in (example.cnn, example.dense)
    )
    assert abs(cnn - dense) / cnn < 0.04


def test_accuracy_is_the_mean_of_four_ways():
    images = np.zeros((1, 1, 32, 32), np.float32)
    images[0, 0, 16, 16] = 1

    def model(tensor):  # says 1 where the bright pixel is below the middle or in it
        below = tensor.numpy()[0, 0, 16:].sum()
        return nn.tensor(np.array([[1 - below, below]], np.float32))

    assert example.accuracy(model, images, np.array([1]), 0) == 1
    assert example.accuracy(model, images, np.array([1]), 2) == 0.75  # not when moved up


def test_a_few_steps_end_to_end(tmp_path, monkeypatch):
    few = Data(*(each[:40] for each in vars(data.load("digits")).values()))
    monkeypatch.setattr(data, "load", lambda name: few)
    arguments = ["--output", str(tmp_path), "--steps", "2", "--held-out", "8"]
    result = CliRunner().invoke(example.app, arguments)
    assert result.exit_code == 0, result.output
    shown = json.loads((tmp_path / "exhibit.json").read_text())
    assert "CNN: accuracy, moved by 8" in shown["facts"]
    assert [*shown["captions"]] == ["accuracy.png", "digits.png"]
    assert (tmp_path / "CNN.safetensors").exists()
    assert (tmp_path / "dense_net.safetensors").exists()
