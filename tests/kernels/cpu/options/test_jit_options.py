"""Every option of numba.cuda.jit has its effect, has none, or is refused by name."""

import warnings

import numpy as np
import pytest
from numba import cuda
from numba.core import config

from crosscheck.kernels.cpu import jit


def kernel(x, y):
    x[cuda.grid(1)] /= y


EVERY = {
    "inline": "always",
    "forceinline": True,
    "link": [],
    "debug": False,
    "opt": True,
    "lineinfo": True,
    "cache": True,
    "launch_bounds": 128,
    "lto": True,
    "shared_memory_carveout": "MaxL1",
    "fastmath": True,
    "max_registers": 32,
    "boundscheck": False,
    "extensions": [],
}


def test_all_options_at_once():
    x = np.ones(2)
    jit(**EVERY)(kernel)[1, 2](x, 4.0)
    assert (x == 0.25).all()


@pytest.mark.parametrize(
    "setting, error, message",
    [
        ({"link": ["f.ptx"]}, NotImplementedError, r"link is \['f.ptx'\]; .* link PTX"),
        ({"boundscheck": True}, NotImplementedError, "boundscheck is True; .* sanitize=True"),
        ({"launch_bounds": 0}, ValueError, "launch_bounds is 0; expected a number of threads"),
        ({"launch_bounds": (1, 2, 3, 4)}, ValueError, "Got 4 launch bounds"),
        ({"launch_bounds": ("x",)}, ValueError, r"launch_bounds is \('x',\); expected"),
        ({"shared_memory_carveout": 101}, ValueError, "shared_memory_carveout is 101; expected -1"),
        ({"shared_memory_carveout": "most"}, ValueError, "shared_memory_carveout is 'most'"),
        ({"shared_memory_carveout": 0.5}, TypeError, "shared_memory_carveout is of type float"),
        ({"fastmaths": True}, TypeError, "fastmaths is not an option; expected .*fastmath"),
        ({"seed": "x"}, TypeError, "seed is 'x'"),
    ],
)
def test_a_wrong_option_is_named(setting, error, message):
    with pytest.raises(error, match=message):
        jit(**setting)(kernel)


def test_debug_makes_a_division_by_zero_an_exception():
    x = np.ones(1)
    jit(kernel)[1, 1](x, 0.0)
    assert x[0] == np.inf
    with pytest.raises(ZeroDivisionError, match=r"kernel: division by zero, thread \(0, 0, 0\)"):
        jit(debug=True, opt=False)(kernel)[1, 1](np.ones(1), 0.0)


def test_fastmath_divides_by_zero_in_debug_mode_too():
    x = np.ones(1)
    jit(debug=True, opt=False, fastmath=True)(kernel)[1, 1](x, 0.0)
    assert x[0] == np.inf


def test_fastmath_lets_the_compiler_reorder():
    def cancel(x, y):
        x[0] = (x[0] + y) - y

    exact, fast = np.ones(1, np.float32), np.ones(1, np.float32)
    jit(cancel)[1, 1](exact, np.float32(2**30))
    jit(fastmath=True)(cancel)[1, 1](fast, np.float32(2**30))
    assert (exact[0], fast[0]) == (0, 1)


@pytest.mark.parametrize(
    "settings, default, text",
    [
        ({"debug": True}, 0, "set opt=False"),
        ({}, 1, "set opt=False"),
        ({"debug": True, "opt": False, "lineinfo": True}, 0, "set lineinfo=False"),
        ({"debug": True, "opt": False}, 0, None),
        ({"debug": False, "lineinfo": True}, 1, None),
    ],
)
def test_debug_warns_of_what_a_gpu_does_not_support(settings, default, text, monkeypatch):
    monkeypatch.setattr(config, "CUDA_DEBUGINFO_DEFAULT", default)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jit(**settings)
    assert [text in str(item.message) for item in caught] == ([True] if text else [])
    assert all(item.filename == __file__ for item in caught)
