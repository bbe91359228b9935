"""What a user registered, as a subject: its bounds and its switches."""

from types import SimpleNamespace

import pytest
import torch

from crosscheck.benchmarks.peers import own_subjects
from crosscheck.benchmarks.protocol.exact import Rounds
from crosscheck.kernels.gpu import cuda
from crosscheck.parity.own import algorithm, differentiable, registry


@pytest.fixture(autouse=True)
def nothing_registered():
    registry.forget()
    yield
    registry.forget()


def workload(device="cpu", op="conv2d"):
    return SimpleNamespace(
        layer=SimpleNamespace(op=op),
        direction=SimpleNamespace(name="forward"),
        device=SimpleNamespace(name=device),
    )


def test_it_has_the_plain_bound_unless_it_rounds_like_one_of_ours():
    algorithm("conv2d", name="plain")(lambda out: None)
    algorithm("conv2d", name="fast", rounds_like="winograd")(lambda out: None)
    differentiable("conv2d", name="whole", rounds_like="winograd")(lambda **given: None)
    found = {
        name: own_subjects.subject("mine", name, workload()) for name in ("plain", "fast", "whole")
    }
    assert found["plain"].rounds == Rounds("plain") and found["plain"].label == "mine plain"
    assert found["fast"].rounds == found["whole"].rounds == Rounds("winograd")


@pytest.mark.parametrize("device, waits", [("cpu", 1), ("cuda", 0)])
def test_pytorch_has_the_switches_of_its_column_and_numba_does_not_wait(device, waits):
    algorithm("relu", name="mine")(lambda out: None)
    config = cuda.core.config
    with own_subjects.subject("mine", "mine", workload(device, "relu")).active():
        assert torch.backends.mkldnn.enabled and torch.backends.cudnn.benchmark
        assert not torch.backends.cuda.matmul.allow_tf32
        assert config.CUDA_ARRAY_INTERFACE_SYNC == waits
    assert config.CUDA_ARRAY_INTERFACE_SYNC == 1 and not torch.backends.mkldnn.enabled


def test_what_is_registered_beyond_the_measured_is_named():
    algorithm("relu", name="mine")(lambda out: None)
    algorithm("relu", "input_gradient", name="mine")(lambda out: None)
    assert own_subjects.names("relu", "forward") == ("mine",)
    assert own_subjects.names("relu", "weight_gradient") == ()
    measured = (each for each in [("relu", "input_gradient", "mine")])
    assert own_subjects.others(measured) == ["relu forward mine"]
