"""Tensors lent to kernels; CUDA with stand-ins for CuPy and for PyTorch's stream."""

import contextlib
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from crosscheck.nn.torch_ops import memory


def test_a_cpu_kernel_gets_the_tensors_own_memory_and_strides():
    x = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1).requires_grad_()
    y = torch.zeros(3)
    seen = []

    def kernel(*arguments, **outs):
        seen.append((arguments, outs))
        outs["out"][1] = 5

    memory.launch(kernel, (x, None, [1, 2]), {"out": y})
    ((array, nothing, numbers), outs) = seen[0]
    assert (nothing, numbers, list(outs)) == (None, [1, 2], ["out"])
    assert isinstance(array, np.ndarray) and array.ctypes.data == x.data_ptr()
    assert array.strides == tuple(4 * step for step in x.stride())
    assert y.tolist() == [0, 5, 0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sixteen_bits_are_the_tensors_own_memory(dtype):
    x = torch.tensor([[1.5, -2.0], [0.25, 3.0]], dtype=dtype).T.requires_grad_()
    y, scalar = torch.zeros(2, dtype=dtype), torch.tensor(2.5, dtype=dtype)
    seen = []

    def kernel(*arguments, out):
        seen.extend(arguments)
        out[0] = -1.5

    memory.launch(kernel, (x, scalar), {"out": y})
    array, number = seen
    assert array.dtype == str(dtype).removeprefix("torch.") and array.strides == (2, 4)
    assert array.ctypes.data == x.data_ptr() and number.ctypes.data == scalar.data_ptr()
    assert array.astype(float).tolist() == x.tolist() and (number, y[0]) == (2.5, -1.5)


@pytest.fixture
def cuda(monkeypatch):
    """Stand-ins that log what is entered, left and lent; two streams of PyTorch, one current."""
    log = []

    @contextlib.contextmanager
    def entered(name):
        log.append(f"enter {name}")
        yield
        log.append(f"leave {name}")

    class Wrapper:
        def __init__(self, stream):
            log.append(f"wrap {stream}")
            self.stream = stream

        def __enter__(self):
            log.append(f"enter {self.stream}")

        def __exit__(self, *_):
            log.append(f"leave {self.stream}")

    def asarray(tensor):
        log.append(f"lend {tuple(tensor.shape)}")
        assert not tensor.requires_grad and tensor.dtype != torch.bfloat16  # CuPy: no such type
        return SimpleNamespace(lent=tensor, view=lambda dtype: (tensor.dtype, dtype))

    streams = SimpleNamespace(current="stream 1", log=log)
    cupy = SimpleNamespace(
        asarray=asarray,
        cuda=SimpleNamespace(
            Device=lambda index: entered(f"device {index}"),
            Stream=SimpleNamespace(from_external=Wrapper),
        ),
    )
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: f"{streams.current}@{device}")
    monkeypatch.setattr(memory, "_stream", memory.cache(memory._stream.__wrapped__))
    return streams


def test_a_cuda_kernel_runs_on_torchs_stream_of_the_tensors_device(cuda):
    with FakeTensorMode():
        x = torch.empty(2, 3, device="cuda:1", requires_grad=True)
        y = torch.empty(4, device="cuda:1")
    on_the_host = torch.tensor(5)
    seen = []

    def kernel(*arguments, out):
        cuda.log.append("kernel")
        seen.extend(arguments)

    memory.launch(kernel, (x, 7, on_the_host), {"out": y})
    assert isinstance(seen[2], np.ndarray) and seen[1:] == [7, 5]
    assert cuda.log == [
        "enter device 1",
        "wrap stream 1@cuda:1",
        "enter stream 1@cuda:1",
        "lend (4,)",
        "lend (2, 3)",
        "kernel",
        "leave stream 1@cuda:1",
        "leave device 1",
    ]


def test_cupy_gets_bfloat16_by_its_bits(cuda):
    with FakeTensorMode():
        x = torch.empty(2, 3, device="cuda", dtype=torch.bfloat16, requires_grad=True)
        y = torch.empty(4, device="cuda", dtype=torch.float16)
    seen = []
    memory.launch(lambda array, out: seen.extend((array, out)), (x,), {"out": y})
    assert seen[0] == (torch.int16, np.dtype("bfloat16")) and seen[1].lent.dtype == torch.float16


def test_a_stream_is_wrapped_once_and_left_when_a_kernel_fails(cuda):
    with FakeTensorMode():
        y = torch.empty(4, device="cuda")

    def fail(**_):
        raise ValueError("no")

    for current in ("stream 1", "stream 2", "stream 1"):
        cuda.current = current
        with pytest.raises(ValueError, match="no"):
            memory.launch(fail, (), {"out": y})
    assert [line for line in cuda.log if "wrap" in line] == [
        "wrap stream 1@cuda:0",
        "wrap stream 2@cuda:0",
    ]
    assert cuda.log[-1] == "leave stream 1@cuda:0"
