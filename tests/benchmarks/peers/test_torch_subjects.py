"""PyTorch as a subject: right in every direction, on our memory, with its own switches."""

import pytest
import torch

from crosscheck.benchmarks.peers import switches, torch_subjects
from crosscheck.benchmarks.protocol import device
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.protocol.measure import PASSED_ON, Protocol, measure
from crosscheck.benchmarks.protocol.workload import LAYOUTS, Store, Workload
from crosscheck.benchmarks.suites import Layer, conv
from crosscheck.parity import reference

CPU = device.of("cpu")
FEW = Protocol({"copy": 1e15, "FFMA": 1e15}, Limits(least=10, most=10, warm_up=0.0))
GROUPED = conv("grouped", (2, 4, 9, 8), 6, 3, stride=2, padding=1, groups=2)
POOL = Layer("pool", "max_pool2d", {"input": (2, 3, 8, 8)}, {"kernel_size": 2})
ENTROPY = Layer("entropy", "cross_entropy", {"input": (20, 7), "target": (20,)})


def measured(name, layer, direction, layout="nchw"):
    store = Store(CPU, "float32", 0)
    sets = [Workload(layer, direction, layout, CPU, store) for _ in range(2)]
    return measure(torch_subjects.subject(name), sets, FEW)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
def test_a_convolution_is_right(direction, layout):
    numbers = measured("torch", GROUPED, direction, layout)
    assert "problem" not in numbers and 0 < numbers["error"] < 1


@pytest.mark.parametrize("layer", [POOL, ENTROPY], ids=lambda layer: layer.name)
@pytest.mark.parametrize("direction", ["forward", "input_gradient"])
def test_autograd_sees_the_new_numbers(layer, direction):
    assert "problem" not in measured("torch", layer, direction)


def test_a_gradient_that_is_only_passed_on_is_no_measurement_and_no_problem():
    layer = Layer("add", "add", {"input": (4, 5), "other": (4, 5)})
    assert measured("torch", layer, "input_gradient") == {"note": PASSED_ON}


def test_the_references_switches_come_back():
    threads = torch.get_num_threads()
    with switches.switched(tf32=True), switches.switched():
        assert torch.backends.mkldnn.enabled and torch.backends.cudnn.benchmark
    reference.assert_native()
    assert torch.get_num_threads() == threads and not torch.backends.cudnn.benchmark


def test_the_probe_tells_rounded_factors_by_their_error(monkeypatch):
    assert not switches.rounds_factors("cpu") and switches.wrong("cpu", tf32=False) == ""
    assert "does not round" in switches.wrong("cpu", tf32=True)
    convolution = torch.nn.functional.conv2d

    def in_tf32(x, weight):
        rounded = (x.view(torch.int32) & ~0x1FFF).view(torch.float32)  # 10 bits behind the point
        return convolution(rounded, weight)

    monkeypatch.setattr(torch.nn.functional, "conv2d", in_tf32)
    assert switches.rounds_factors("cpu")
    assert switches.wrong("cpu", tf32=False) and not switches.wrong("cpu", tf32=True)


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="peer is 'jax'; expected one of"):
        torch_subjects.subject("jax")
