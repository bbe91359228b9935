"""Rows put together by layer: who is the fastest, and what that is beside PyTorch."""

from dataclasses import replace

import pytest

from crosscheck.benchmarks.report.layers import group, is_of_a_cpu, lost
from crosscheck.benchmarks.row import Row


def row(layer="a", subject="crosscheck", time=100.0, **fields):
    fields = {"algorithm": "tiled", "device": "cuda", "direction": "forward", **fields}
    values = dict(microseconds=time, low=time, high=time, samples=9)
    what = dict(
        suite="s", layer=layer, op="conv2d", subject=subject, dtype="float32", layout="nchw"
    )
    return Row(**what, **(values | fields))


def test_of_several_algorithms_and_layouts_the_fastest_counts():
    rows = [row(time=100), row(time=40, algorithm="blocked"), replace(row(time=60), layout="nhwc")]
    (found,) = group([*rows, row(subject="torch", time=80)])
    (layer,) = found.layers
    assert layer.by["crosscheck"].algorithm == "blocked" and layer.speed() == 2.0


def test_a_row_with_a_problem_is_not_the_fastest():
    (found,) = group([row(time=100), replace(row(time=1, algorithm="x"), problem="wrong")])
    assert found.layers[0].by["crosscheck"].microseconds == 100


def test_directions_come_in_their_order_and_dtypes_apart():
    given = [row(direction=each) for each in ("weight_gradient", "forward")]
    found = group([*given, replace(row(), dtype="float64")])
    keys = [(each.direction, each.dtype) for each in found]
    assert keys == [("forward", "float32"), ("weight_gradient", "float32"), ("forward", "float64")]


def test_a_network_s_time_counts_layers_as_often_as_it_has_them():
    rows = [row("a", time=10, count=3), row("a", "torch", 20, count=3), row("b", time=5)]
    (found,) = group([*rows, row("b", "torch", 1), row("c", time=1000)])  # c: not by PyTorch
    assert found.total("crosscheck") == (35, 61, 2)
    assert found.total("compile") is None


def test_lost_are_the_layers_where_pytorch_is_faster_the_worst_first():
    rows = [row("a", time=10), row("b", time=30), row("c", time=20)]
    rows += [row(name, "torch", 15) for name in "abc"]
    found = lost(group(rows))
    assert [(each.name, each.speed()) for each in found] == [("b", 0.5), ("c", 0.75)]


@pytest.mark.parametrize(("devices", "expected"), [("cpu", True), ("cpu cuda", False)])
def test_a_run_is_a_cpu_s_if_no_row_is_a_gpu_s(devices, expected):
    assert is_of_a_cpu([row(device=each) for each in devices.split()]) == expected
