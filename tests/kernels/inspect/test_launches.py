"""Every kernel is recorded, as it is launched."""

import importlib
import pkgutil
from functools import partial

import numpy as np
import pytest

from crosscheck import kernels
from crosscheck.kernels import arrays, convolution, launch, launch_modes
from crosscheck.kernels.convolution import blocked, pipelined
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.launch import index, kernel, real


def every_kernel():
    """Return the dotted names of the kernels that the modules of `kernels` define."""
    names = set()
    for module in pkgutil.walk_packages(kernels.__path__, "crosscheck.kernels."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, launch.Kernel):
                    names.add(f"{value.py_func.__module__}.{value.py_func.__qualname__}")
    return names


def recorded(dtype=np.float32, index_bits=32):
    return {each.name: each for each in launches.record(dtype, index_bits)}


def test_every_kernel_is_recorded():
    missing = every_kernel() - {f"crosscheck.kernels.{name}" for name in recorded()}
    assert not missing, "no example of an operator launches them"


def test_a_kernel_is_recorded_as_its_owner_launches_it_not_who_borrows_it():
    """conv_transpose2d exchanges the two arrays: its y is where conv2d has an array of weights."""
    kernel = "convolution.direct.weight_gradient_kernel"
    *_, run = (
        each
        for each in launches.runs(np.float32)
        if each.args[0] is convolution.conv2d.weight_gradient and each.args[3] == "direct"
    )
    (own,) = (each for each in launches.launched(run) if each.name == kernel)
    found = recorded()[kernel]
    assert found.kernel.signature(found.arguments) == own.kernel.signature(own.arguments)
    shapes = [[each.shape for each in one.arguments[:2]] for one in (found, own)]
    assert shapes[0] == shapes[1]


def test_the_block_is_the_launch_s_own():
    found = recorded()
    assert found["convolution.direct.forward_kernel"].block == (256,)
    assert found["convolution.tiled_forward.forward_kernel"].block == (16, 16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bits, index", [(32, np.uint32), (64, np.uint64)])
def test_arguments_are_what_the_gpu_would_get(dtype, bits, index):
    x, *_, stride, _, _, filters = recorded(dtype, bits)[
        "convolution.direct.forward_kernel"
    ].arguments
    assert x.dtype == dtype
    assert x.flags.c_contiguous
    assert isinstance(filters, index)
    assert all(isinstance(each, index) for each in stride)


def test_nothing_is_left_behind():
    recorded(np.float64, 64)
    assert arrays.device(np.zeros(1)) == "cpu"
    assert not launch_modes.is_wide()


RUNGS = {
    "blocked": (blocked.TILES, blocked.WEIGHT_TILES),
    "pipelined": (pipelined.TILES, pipelined.WEIGHT_TILES),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rung", RUNGS)
def test_every_tile_is_recorded(rung, dtype):
    names = recorded(dtype)
    for module, tiles in zip(("implicit_gemm", "weight_gemm"), RUNGS[rung], strict=True):
        for tile in tiles[dtype]:
            name = f"convolution.{module}.{rung}_kernel_{tile}_"
            assert any(each.startswith(name) for each in names)


def test_two_kernels_of_one_name_are_refused(monkeypatch):
    def scaling(factor):
        @kernel
        def scale(x):
            x[index(0)] *= real(factor)

        def run(function):
            scale[1, 32](np.zeros(1, np.float32))

        return partial(run, convolution.forward)

    monkeypatch.setattr(launches, "runs", lambda dtype: [scaling(2), scaling(3)])
    with pytest.raises(RuntimeError, match=r"two kernels have the name .*scale"):
        recorded()
