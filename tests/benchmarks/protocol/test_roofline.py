"""Operations, bytes and shares, against numbers worked out by hand."""

import pytest

from crosscheck.benchmarks import subjects
from crosscheck.benchmarks.protocol import device, roofline
from crosscheck.benchmarks.protocol.exact import TF32, Rounds
from crosscheck.benchmarks.protocol.roofline import Work
from crosscheck.benchmarks.protocol.workload import Store, Workload
from crosscheck.benchmarks.subjects import Subject
from crosscheck.benchmarks.suites import Layer, conv

CEILINGS = {"FFMA": 1000.0, "copy": 100.0}


def workload(layer, direction="forward"):
    cpu = device.of("cpu")
    return Workload(layer, direction, "nchw", cpu, Store(cpu, "float32", 0))


@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
def test_a_convolution_takes_two_operations_a_product_and_each_array_once(direction):
    found = roofline.work(workload(conv("c", (2, 3, 8, 8), 4, 3), direction))
    assert found.flops == 2 * (2 * 4 * 6 * 6) * (3 * 3 * 3)
    assert found.bytes == 4 * (2 * 3 * 64 + 4 * 27 + 2 * 4 * 36)


def test_pixels_that_no_window_reads_are_not_counted():
    layer = conv("c", (1, 2, 8, 8), 2, 1, stride=2)
    forward, gradient = (roofline.work(workload(layer, d)) for d in ("forward", "input_gradient"))
    assert gradient.bytes - forward.bytes == 4 * 2 * (64 - 4 * 7)  # gaps of a pixel move, too


def test_a_gradient_of_relu_reads_two_arrays_and_writes_one():
    found = roofline.work(workload(Layer("r", "relu", {"input": (10, 10)}), "input_gradient"))
    assert found == Work(0.0, 4 * 300)


def test_the_share_is_that_of_the_tighter_bound():
    assert roofline.share(Work(2000, 100), 4.0, CEILINGS) == (0.5, "FFMA")
    assert roofline.share(Work(100, 200), 4.0, CEILINGS) == (0.5, "memory")


@pytest.mark.parametrize(("seconds", "wrong"), [(2.0, False), (1.9, False), (1.7, True)])
def test_a_time_below_the_least_is_impossible_beyond_the_margin(seconds, wrong):
    found = roofline.impossible(Work(2000, 0), seconds, CEILINGS, "cuda", 1.0)
    assert bool(found) == wrong
    assert not roofline.impossible(Work(2000, 0), seconds, CEILINGS, "cuda", 2.25)
    assert bool(roofline.impossible(Work(0, 200), seconds, CEILINGS, "cuda", 2.25)) == wrong


def test_who_may_use_fewer_products():
    rates = {**CEILINGS, "TF32": 7000.0}
    of = workload(conv("c", (1, 2, 8, 8), 2, 3))
    other = Subject("torch", "", lambda given: None)
    tf32 = Subject("torch-tf32", "", lambda given: None, rounds=Rounds(factors=TF32))
    whom = subjects.ours("tiled"), subjects.ours("winograd"), other, tf32
    assert [roofline.fewer_products(each, of, rates) for each in whom] == [1.0, 2.25, 9.0, 63.0]
