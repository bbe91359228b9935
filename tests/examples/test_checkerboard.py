"""How many products each pixel sums up, and what share of an image is a pattern of its grid."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import checkerboard as example


@pytest.mark.parametrize("name", example.WAYS)
def test_each_way_doubles_the_size_and_counts_what_it_sums(name):
    layer, size = example.WAYS[name]
    ones = np.ones((1, 1, size, size), np.float32)
    inner = layer(nn.tensor(np.ones((1, 1, 4, 4), np.float32)), ones).numpy()[0, 0]
    assert inner.shape == (8, 8)
    if name == "transposed, kernel 3":
        assert inner[2:4, 2:4].tolist() == [[1, 2], [2, 4]]
    else:
        assert len(np.unique(inner[1:-1, 1:-1])) == 1


def test_the_share_that_repeats_every_eight_pixels():
    down, right = np.mgrid[:48, :48]
    alternating, slow = (down + right) % 2 * 1.0, np.sin(2 * np.pi * down / 32)
    assert example.checkerboard(alternating) == pytest.approx(1)
    assert example.checkerboard(np.sin(2 * np.pi * down / 8)) == pytest.approx(1)
    assert example.checkerboard(slow) == pytest.approx(0, abs=1e-12)
    # sin^2 has the mean 1/2, and an alternation of 0 and 1 the variance 1/4
    assert example.checkerboard(slow + alternating) == pytest.approx(0.25 / 0.75)


def test_the_cure_is_shown_beside_the_pattern(tmp_path):
    result = CliRunner().invoke(example.app, ["--output", str(tmp_path), "--seeds", "2"])
    assert result.exit_code == 0, result.output
    facts = json.loads((tmp_path / "exhibit.json").read_text())["facts"]
    shares = {name.partition(":")[0]: each for name, each in facts.items() if "repeats" in name}
    share = {name: float(each.rstrip("%")) for name, each in shares.items()}
    for name in example.WAYS:
        assert share[name] > 50 if name.startswith("transposed") else share[name] < 10
    assert {path.name for path in tmp_path.iterdir()} == {
        *("stamps.png", "outputs.png", "exhibit.json")
    }
