"""The layers are the networks': their number, their multiply-adds, and that PyTorch takes them."""

from math import prod

import pytest
import torch

from crosscheck.benchmarks.suites import SUITES, cut_down


def multiply_adds(layer):
    """Of a convolution, for one image."""
    x, w = layer.inputs["input"], layer.inputs["weight"]
    with torch.device("meta"):
        y = torch.nn.functional.conv2d(torch.empty(1, *x[1:]), torch.empty(w), **layer.options)
    return y.numel() * prod(w[1:])


@pytest.mark.parametrize(
    ("suite", "layers", "least", "most"),
    # 3.8 billion and 300 million multiply-adds, say the papers.
    [("resnet50", 53, 3.7e9, 3.95e9), ("mobilenet", 52, 2.9e8, 3.1e8)],
)
def test_networks_have_their_papers_layers_and_multiply_adds(suite, layers, least, most):
    assert sum(each.count for each in SUITES[suite]) == layers
    assert least < sum(each.count * multiply_adds(each) for each in SUITES[suite]) < most


@pytest.mark.parametrize("suite", SUITES)
def test_no_two_layers_of_a_suite_have_one_name(suite):
    names = [each.name for each in SUITES[suite]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("suite", SUITES)
def test_cut_down_layers_are_small_and_still_calls(suite):
    for each in map(cut_down, SUITES[suite]):
        assert all(prod(shape) <= 2**21 for shape in each.inputs.values())
        if each.op == "conv2d":
            assert multiply_adds(each) > 0
            full = next(layer for layer in SUITES[suite] if layer.name == each.name)
            assert each.inputs["weight"][2:] == full.inputs["weight"][2:]
            assert (each.options.get("groups", 1) > 1) == (full.options.get("groups", 1) > 1)
