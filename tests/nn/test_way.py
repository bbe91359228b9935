"""The way of an array from nn.functional to its kernel: short, and no function comes twice."""

import sys
from pathlib import Path

import numpy as np
import pytest

import crosscheck.nn.functional as F
from crosscheck import kernels, nn
from crosscheck.kernels import launch

OURS = tuple(str(Path(package.__file__).parent) for package in (kernels, nn))
X = np.ones((2, 3, 6, 7), np.float32)
W, B = np.ones((4, 3, 3, 3), np.float32), np.ones(4, np.float32)


class Arrived(Exception):
    """The array has reached a kernel."""


def holds(value, array):
    """Return whether an argument is the array, a view of it, its tensor, or holds one of them."""
    if isinstance(value, nn.Tensor):
        value = getattr(value, "array", None)  # it has none while it is made
    if isinstance(value, np.ndarray):
        return np.shares_memory(value, array)
    if isinstance(value, dict):
        value = tuple(value.values())
    return isinstance(value, tuple | list) and any(holds(each, array) for each in value)


def way(call, array):
    """Return the names of our functions that are given the array before its first kernel is."""
    met = []

    def note(frame, event, _):
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(OURS):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        names += code.co_varnames[len(names) : len(names) + bool(code.co_flags & 4)]  # *arguments
        if any(holds(frame.f_locals[name], array) for name in names):
            met.append(f"{Path(code.co_filename).stem}.{code.co_qualname}")

    def arrive(self, configuration):
        raise Arrived

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch.Kernel, "__getitem__", arrive)
        with pytest.raises(Arrived):
            call()  # the first call of a kind is checked, and remembered
        sys.setprofile(note)
        try:
            call()
        except Arrived:
            return met
        finally:
            sys.setprofile(None)
    raise AssertionError("no kernel was launched")


CALLS = {
    "conv2d": lambda x: F.conv2d(x, nn.tensor(W), nn.tensor(B), padding=1),
    "linear": lambda x: F.linear(x, nn.tensor(np.ones((2, 7), np.float32))),
    "max_pool2d": lambda x: F.max_pool2d(x, 2),
    "avg_pool2d": lambda x: F.avg_pool2d(x, 2),
}


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("op", CALLS)
def test_the_way_to_the_kernel_is_short(op, requires_grad):
    x = nn.tensor(X.copy(), requires_grad)
    met = way(lambda: CALLS[op](x), x.array)
    assert len(met) == len(set(met))
    assert len(met) <= (8 if op == "linear" else 7), met  # linear: one product, three directions


def test_the_way_of_conv2d():
    x = nn.tensor(X.copy())
    assert way(lambda: CALLS["conv2d"](x), x.array) == [
        "convolution.conv2d",
        "apply.apply",
        "conv2d.forward",
        "operator.Operator.run",
        "kinds._of_array",
        "call.Call.run",
        "direct.forward",
    ]
