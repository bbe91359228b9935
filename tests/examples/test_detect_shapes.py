"""What the model should say is decoded to the drawn boxes; mAP by hand; a few steps of training."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import detect_shapes as example
from crosscheck.examples import shapes


def said(there, places, kinds):
    """Return an output that says this, as surely as logits of 20 do."""
    inner = np.clip(places[:, :, :2], 1e-6, 1 - 1e-6)
    classes = np.where(np.arange(3) == kinds[:, :, None], 20, 0)
    parts = [there[:, :, None] * 40 - 20, np.log(inner / (1 - inner)), places[:, :, 2:], classes]
    return np.concatenate(parts, axis=2).astype(np.float32)


def test_what_the_model_should_say_is_decoded_to_the_drawn_boxes():
    scenes = shapes.draw(20, example.SIZE, seed=5)
    found = [example._decoded(each) for each in said(*example.targets(scenes))]
    for each, boxes, kinds in zip(found, scenes.boxes, scenes.kinds, strict=True):
        assert len(each.boxes) == len(boxes)
        order = [abs(each.boxes - box).sum(axis=1).argmin() for box in boxes]
        np.testing.assert_allclose(each.boxes[order], boxes, atol=1e-3)
        assert each.kinds[order].tolist() == kinds.tolist()
    assert example.mean_average_precision(found, scenes, 0.5).tolist() == [1, 1, 1]


def test_both_scales_are_used():
    there = example.targets(shapes.draw(20, example.SIZE, seed=5))[0]
    fine = (example.SIZE // 8) ** 2
    assert there[:, :fine].any() and there[:, fine:].any()


def test_a_missed_shape_and_a_wrong_class_cost_their_share():
    box, far = [[0, 0, 8, 8]], [[20, 20, 28, 28]]
    scenes = shapes.Scenes(
        None, None, [np.array(box + far), np.array(box), np.array(box)], [
            np.array([0, 1]), np.array([0]), np.array([2])
        ]
    )  # fmt: skip
    found = [
        example.Found(np.array(box + far), np.array([0, 1]), np.array([0.9, 0.8])),
        example.Found(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0)),  # a missed disc
        example.Found(np.array(box), np.array([1]), np.array([0.9])),  # a triangle as a square
    ]
    # squares: a wrong one first, so that precision is 1/2 at full recall
    assert example.mean_average_precision(found, scenes, 0.5).tolist() == [0.5, 0.5, 0.0]


def test_the_loss_is_small_where_all_is_right_and_grows_with_each_kind_of_mistake():
    targets = example.targets(shapes.draw(2, example.SIZE, seed=5))
    right = said(*targets)
    where = np.argwhere(targets[0])[0]
    exact = example.loss(nn.tensor(right), *targets).item()
    assert exact < 1e-3
    for channel in (0, 1, 3):
        wrong = right.copy()
        wrong[(*where, channel)] = 3 - wrong[(*where, channel)]
        assert example.loss(nn.tensor(wrong), *targets).item() > exact + 0.01
    swapped = right.copy()
    swapped[(*where, slice(5, 8))] = np.roll(swapped[(*where, slice(5, 8))], 1)
    assert example.loss(nn.tensor(swapped), *targets).item() == pytest.approx(
        exact + 20 / targets[0].sum(), rel=1e-3
    )


def test_a_few_steps_end_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr(example, "BATCH", 2)
    arguments = ["--output", str(tmp_path), "--steps", "2", "--held-out", "8"]
    result = CliRunner().invoke(example.app, arguments)
    assert result.exit_code == 0, result.output
    shown = json.loads((tmp_path / "exhibit.json").read_text())
    assert shown["facts"]["mAP@0.5"].endswith(", on 8 held-out scenes")
    assert [*shown["captions"]] == ["boxes.png"]
    assert "fine_head.weight" in nn.load(tmp_path / "model.safetensors")
