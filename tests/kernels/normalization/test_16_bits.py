"""Arrays of 16 bits beside float32 weights and statistics: what float32 gives, rounded once."""

import numpy as np
import pytest

from crosscheck.kernels.dtypes import SHORT
from crosscheck.kernels.normalization import group_norm, instance_norm, layer_norm

RNG = np.random.default_rng(0)
X, DY = RNG.standard_normal((2, 3, 4, 6)).astype(np.float32)
W, B = RNG.standard_normal((2, 4)).astype(np.float32)
OF_ROWS = RNG.standard_normal((2, 6)).astype(np.float32)


def of_group_norm(x, dy, **dw):
    y, *saved = group_norm.forward(x, 2, W, B)
    dx = group_norm.input_gradient(dy, x, *saved, 2, W)
    return y, dx, group_norm.weight_gradient(dy, x, *saved, 2, out=dw.get("out")), saved


def of_layer_norm(x, dy, **dw):
    y, *saved = layer_norm.forward(x, (6,), *OF_ROWS)
    dx = layer_norm.input_gradient(dy, x, *saved, (6,), OF_ROWS[0])
    return y, dx, layer_norm.weight_gradient(dy, x, *saved, (6,), out=dw.get("out")), saved


def of_instance_norm(x, dy, **dw):
    y, *saved = instance_norm.forward(x, None, None, W, B)
    dx = instance_norm.input_gradient(dy, x, *saved, W)
    return y, dx, instance_norm.weight_gradient(dy, x, *saved, out=dw.get("out")), saved


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("operator", [of_group_norm, of_layer_norm, of_instance_norm])
def test_float32_weights_and_statistics(operator, dtype):
    x, dy = X.astype(dtype), DY.astype(dtype)
    *wanted, same = operator(x.astype(np.float32), dy.astype(np.float32))
    *found, saved = operator(x, dy)
    assert {each.dtype.name for each in saved} == {"float32"}
    assert np.array_equal(saved, same)
    for each, right in zip(found, wanted, strict=True):
        assert each.dtype == dtype and np.array_equal(each, right.astype(dtype))
    out = np.empty_like(wanted[2])
    assert operator(x, dy, out=out)[2] is out
    assert np.array_equal(out, wanted[2])


PAIRS = [(dtype, statistic) for dtype in SHORT for statistic in (np.float32, dtype)]


@pytest.mark.parametrize(("dtype", "statistic"), PAIRS)
def test_running_statistics_of_instance_norm(dtype, statistic):
    start = np.abs(W), np.abs(B)
    short, wide = ([each.astype(statistic) for each in start] for _ in range(2))
    x = X.astype(dtype)
    instance_norm.forward(x, *short, momentum=0.3)
    wide = [each.astype(np.float32) for each in wide]
    instance_norm.forward(x.astype(np.float32), *wide, momentum=0.3)
    for each, right in zip(short, wide, strict=True):
        assert each.dtype == statistic and np.array_equal(each, right.astype(statistic))


@pytest.mark.filterwarnings("error")
def test_running_statistics_may_overflow():
    x = np.array([[[60000.0, -60000.0]]], np.float16)
    running = np.zeros(1, np.float16), np.ones(1, np.float16)
    instance_norm.forward(x, *running, momentum=1.0)
    assert running[0] == 0 and np.isposinf(running[1])
