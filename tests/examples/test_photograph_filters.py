"""The filters run on a photograph by our kernels, and every corner that they find is drawn."""

import json

import numpy as np
from typer.testing import CliRunner

from crosscheck.examples import photograph_filters as example
from crosscheck.parity import recipes


def test_the_corners_of_a_square_are_found_by_our_kernels():
    image = np.zeros((1, 3, 40, 40), np.float32)
    image[:, :, 14:26, 14:26] = 1
    response = recipes.harris(image)(example.ours)
    margin = (40 - response.shape[2]) // 2
    found = {(row + margin, column + margin) for row, column in recipes.corners(response)}
    assert len(found) == 4
    for corner in ((14, 14), (14, 25), (25, 14), (25, 25)):
        assert min(np.hypot(*np.subtract(corner, each)) for each in found) < 3


def test_it_shows_filters_and_what_they_find(tmp_path):
    result = CliRunner().invoke(example.app, ["--output", str(tmp_path), "--shrink", "6"])
    assert result.exit_code == 0, result.output
    shown = json.loads((tmp_path / "exhibit.json").read_text())
    assert shown["facts"]["photograph"] == "71 x 106 pixels"
    assert int(shown["facts"]["corners found"]) > 10
    assert [*shown["captions"]] == ["weights.png", "found.png"]
