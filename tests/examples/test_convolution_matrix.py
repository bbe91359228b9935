"""The matrix is the convolution's, to the bit, and the example says so with its counts."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck import nn
from crosscheck.examples import convolution_matrix as example


def test_the_matrix_of_a_small_convolution():
    weight = np.array([[1, 2], [3, 4]], np.float32)[None, None]
    expected = [
        [1, 2, 0, 3, 4, 0, 0, 0, 0],
        [0, 1, 2, 0, 3, 4, 0, 0, 0],
        [0, 0, 0, 1, 2, 0, 3, 4, 0],
        [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
    assert example.toeplitz(nn.tensor(weight), 3).numpy().tolist() == expected


def test_it_shows_the_counts_and_a_picture(tmp_path):
    result = CliRunner().invoke(example.app, ["--output", str(tmp_path)])
    assert result.exit_code == 0, result.output
    facts = json.loads((tmp_path / "exhibit.json").read_text())["facts"]
    assert facts["output"] == "25 numbers, all equal to the bit"
    assert facts["gradient of the weights"] == "9 numbers, all equal to the bit"
    assert facts["weights, fully connected"] == "1,225"
    assert facts["weights, partly connected"] == "225"
    assert (tmp_path / "matrix.png").stat().st_size > 1000


@pytest.mark.parametrize("wrong", range(3))
def test_one_bit_of_difference_is_no_exhibit(tmp_path, monkeypatch, wrong):
    exact = example.by_matrix

    def off(*arrays):
        results = [each.copy() for each in exact(*arrays)]
        results[wrong].ravel().view(np.uint32)[-1] ^= 1
        return results

    monkeypatch.setattr(example, "by_matrix", off)
    result = CliRunner().invoke(example.app, ["--output", str(tmp_path)])
    assert result.exit_code == 1 and example.RESULTS[wrong] in result.output
    assert not (tmp_path / "exhibit.json").exists()
