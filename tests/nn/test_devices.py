"""Moves between devices and dtypes: without CuPy they say what to install, with it they move."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck import nn

INSTALL = r"device is 'cuda', but CuPy is not installed: pip install 'crosscheck-kernels\[cuda\]'"


class DeviceArray:
    """An array in memory that the host reaches only through get: stands for cupy.ndarray."""

    def __init__(self, values, dtype):
        self.values = np.array(values, dtype)
        self.dtype, self.shape, self.size = self.values.dtype, self.values.shape, self.values.size

    def get(self):
        return self.values.copy()


@pytest.fixture
def no_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)


@pytest.fixture
def cupy(monkeypatch):
    def asarray(a, dtype):
        same = isinstance(a, DeviceArray)
        return a if same and a.dtype == dtype else DeviceArray(a.values if same else a, dtype)

    def ones_like(a):
        return DeviceArray(np.ones(a.shape), a.dtype)

    library = SimpleNamespace(ndarray=DeviceArray, asarray=asarray, ones_like=ones_like)
    monkeypatch.setitem(sys.modules, "cupy", library)


@pytest.mark.parametrize(
    ("move", "name"),
    [
        (lambda: nn.tensor([1.0]).cuda(), "to"),
        (lambda: nn.tensor([1.0]).to("cuda"), "to"),
        (lambda: nn.Linear(2, 3).cuda(), "Linear"),
        (lambda: nn.Sequential(nn.Linear(2, 3)).to("cuda"), "Sequential"),
        (lambda: nn.Linear(2, 3, device="cuda"), "Module"),
    ],
)
def test_without_cupy_it_says_what_to_install(no_cupy, move, name):
    with pytest.raises(ImportError, match=f"^{name}: {INSTALL}$"):
        move()


def test_a_refused_move_changes_nothing(no_cupy):
    layer = nn.Linear(2, 3)
    before = [each.array for each in layer.parameters()]
    with pytest.raises(ImportError):
        layer.cuda()
    assert all(a is b.array for a, b in zip(before, layer.parameters(), strict=True))


def test_a_tensor_moves_there_and_back(cupy):
    x = nn.tensor([1.0, 2.0])
    there = x.cuda()
    assert there.device == "cuda" == x.to("cuda").device and x.device == "cpu"
    assert there.to("cuda") is there is there.cuda() and x.cpu() is x is x.to("cpu")
    back = there.cpu()
    assert back.device == "cpu" and back.numpy().tolist() == [1, 2] == there.numpy().tolist()
    assert not np.shares_memory(back.numpy(), x.numpy())


def test_a_gradient_comes_back_to_the_device(cupy):
    x = nn.tensor([3.0], requires_grad=True)
    x.to("cuda").backward()
    assert x.grad.device == "cpu" and x.grad.numpy().tolist() == [1]


def test_a_module_moves_there_and_back(cupy):
    layer = nn.BatchNorm2d(2)
    expected = {name: each.numpy() for name, each in layer.state_dict().items()}
    tensors = [*layer.parameters(), *layer.buffers()]
    assert layer.cuda() is layer
    assert {each.device for each in tensors} == {"cuda"}
    assert layer.cpu() is layer
    assert {each.device for each in tensors} == {"cpu"}
    for name, each in layer.state_dict().items():
        np.testing.assert_array_equal(each.numpy(), expected[name], strict=True)


def test_a_tensor_on_the_gpu_is_no_numpy_array(cupy):
    with pytest.raises(TypeError, match="np.asarray: the tensor is on the GPU; expected tensor.cp"):
        np.asarray(nn.tensor([1.0]).cuda())


def test_a_dtype_may_stand_in_the_device_s_place():
    x = nn.tensor([1.5], requires_grad=True)
    for y in (x.to(np.float64), x.to("cpu", np.float64), x.to(dtype=np.float64)):
        assert y.dtype == np.float64 and y.grad_fn is not None
    (y * 2).backward()
    assert x.grad.dtype == np.float32 and x.grad.numpy().tolist() == [2]
    integers = x.to(np.int64)
    assert integers.numpy().tolist() == [1] and not integers.requires_grad


def test_another_device_is_refused():
    for thing in (nn.tensor([1.0]), nn.Linear(2, 3)):
        with pytest.raises(ValueError, match="device is 'tpu'; expected None, 'cpu' or 'cuda'"):
            thing.to("tpu")
