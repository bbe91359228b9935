"""Steps uphill make a digit's loss larger; the example runs for a few steps."""

import json

import numpy as np
from typer.testing import CliRunner

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples import adversarial_digits as example
from crosscheck.examples import data
from crosscheck.examples.data import Data


def test_a_step_uphill_raises_the_loss_of_every_image_and_its_opposite_lowers_it():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 3))
    rng = np.random.default_rng(0)
    images = rng.uniform(0.3, 0.7, (5, 1, 3, 3)).astype(np.float32)
    classes = np.array([0, 1, 2, 0, 1])
    uphill = example.directions(model, images, classes)
    assert set(np.unique(uphill)) == {-1, 1}

    def losses(size):
        logits = model(nn.tensor(example.moved(images, uphill, size)))
        return F.cross_entropy(logits, nn.tensor(classes), reduction="none").detach().numpy()

    assert (losses(0.1) > losses(0)).all() and (losses(0) > losses(-0.1)).all()


def test_pixels_stay_in_their_range_and_accuracy_counts():
    images = np.array([0.0, 0.5, 0.95], np.float32)
    moved = example.moved(images, np.float32([-1, 1, 1]), 0.1)
    np.testing.assert_allclose(moved, [0, 0.6, 1], rtol=1e-6)
    assert moved.dtype == np.float32

    def model(tensor):  # says that the class is the first pixel
        return nn.tensor(np.eye(4, dtype=np.float32)[tensor.numpy()[:, 0].astype(int)])

    assert example.accuracy(model, np.float32([[0], [1], [2], [3]]), np.array([0, 1, 0, 0])) == 0.5


def test_a_few_steps_end_to_end(tmp_path, monkeypatch):
    few = Data(*(each[:40] for each in vars(data.load("digits")).values()))
    monkeypatch.setattr(data, "load", lambda name: few)
    result = CliRunner().invoke(example.app, ["--output", str(tmp_path), "--steps", "3"])
    assert result.exit_code == 0, result.output
    shown = json.loads((tmp_path / "exhibit.json").read_text())
    assert shown["facts"]["held-out digits"] == "40"
    assert [*shown["captions"]] == ["accuracy.png", "digits.png"]
    assert "0.weight" in nn.load(tmp_path / "model.safetensors")
