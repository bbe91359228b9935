"""Arrays of a layer: where they lie, and that they are new each time."""

import numpy as np
import pytest

from crosscheck.benchmarks.protocol import device
from crosscheck.benchmarks.protocol.workload import Store, Workload, directions, output_size
from crosscheck.benchmarks.suites import SUITES, Layer, conv, cut_down
from crosscheck.kernels.memory_format import is_channels_last

CPU = device.of("cpu")


def workload(layer, direction="forward", layout="nchw", dtype="float32"):
    return Workload(layer, direction, layout, CPU, Store(CPU, dtype, 0))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_all_images_lie_in_the_layout(layout):
    found = workload(conv("c", (2, 3, 8, 8), 4, 3), layout=layout).tensors
    for each in found.values():
        assert is_channels_last(each.shape, each.strides) == (layout == "nhwc")


def test_every_number_is_new_and_normal():
    found = workload(conv("c", (2, 64, 40, 40), 4, 3), layout="nhwc")
    before = {name: each.copy() for name, each in found.tensors.items()}
    found.refill()
    for name, each in found.tensors.items():
        assert (each == before[name]).mean() < 0.01
        assert abs(each.mean()) < 0.5 and 0.7 < each.std() < 1.3


def test_an_array_larger_than_the_store_is_filled(monkeypatch):
    found = workload(Layer("r", "relu", {"input": (3, 2**20)}))
    assert not (found.tensors["input"] == 0).any()


def test_classes_and_variances_are_what_they_have_to_be():
    scores = Layer("e", "cross_entropy", {"input": (50, 7), "target": (50,)})
    target = workload(scores).tensors["target"]
    assert target.dtype == np.int64 and set(target) <= set(range(7)) and len(set(target)) > 3
    norm = next(each for each in SUITES["memory-bound"] if each.op == "batch_norm")
    assert (workload(cut_down(norm)).tensors["running_var"] > 0).all()


@pytest.mark.parametrize("suite", SUITES)
def test_every_layer_has_an_output_and_a_forward_pass(suite):
    for each in SUITES[suite]:
        assert directions(each)[0] == "forward" and output_size(each) is not None
    assert output_size(SUITES["resnet50"][0]) == (32, 64, 112, 112)


def test_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="direction is 'weight_gradient'; expected one of"):
        workload(Layer("r", "relu", {"input": (4, 4)}), "weight_gradient")
    with pytest.raises(ValueError, match="layout is 'nhwc'; expected nchw, or nhwc for images"):
        workload(Layer("r", "relu", {"input": (4, 4)}), layout="nhwc")
