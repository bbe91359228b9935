"""IoU against a case computed by hand; the example runs for a few steps."""

import json

import numpy as np
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import segment_shapes as example


def test_iou_by_hand():
    actual = np.array([[0, 0, 1], [1, 1, 2]])
    predicted = np.array([[0, 1, 1], [1, 2, 2]])
    # background 1 of 2, the next 2 of 4, the next 1 of 2; nobody says the last
    found = example.iou(predicted, actual, 4)
    np.testing.assert_allclose(found, [1 / 2, 2 / 4, 1 / 2, np.nan])
    np.testing.assert_array_equal(example.iou(actual, actual, 3), [1, 1, 1])
    np.testing.assert_array_equal(example.iou(actual * 0, actual, 3), [2 / 6, 0, 0])


def test_a_few_steps_end_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr(example, "BATCH", 2)
    arguments = ["--output", str(tmp_path), "--steps", "2", "--held-out", "6"]
    result = CliRunner().invoke(example.app, arguments)
    assert result.exit_code == 0, result.output
    shown = json.loads((tmp_path / "exhibit.json").read_text())
    assert shown["facts"]["IoU, mean of the classes"].endswith(", on 6 held-out scenes")
    assert [*shown["captions"]] == ["scenes.png", "photograph.png"]
    assert "head.weight" in nn.load(tmp_path / "model.safetensors")
