"""An honest subject gets its numbers; every known cheat gets a problem instead."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import numpy as np
import pytest

from crosscheck.benchmarks import subjects
from crosscheck.benchmarks.protocol import check, clock, device, exact_mean, part
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.protocol.measure import PASSED_ON, Protocol, measure
from crosscheck.benchmarks.protocol.workload import Store, Workload
from crosscheck.benchmarks.subjects import Prepared, Subject
from crosscheck.benchmarks.suites import Layer, conv
from crosscheck.kernels.algorithm import Unsupported

LAYER = Layer("relu", "relu", {"input": (64, 33)})
ENOUGH = {"copy": 1e15, "FFMA": 1e15}  # no machine is as fast
FEW = Limits(least=10, most=20, seconds=0.1, warm_up=0.0)


def arrays(layer=LAYER, direction="forward", layout="nchw"):
    store = Store(device.of("cpu"), "float32", 0)
    return [Workload(layer, direction, layout, device.of("cpu"), store) for _ in range(2)]


def measured(subject, sets=None, ceilings=ENOUGH):
    return measure(subject, sets or arrays(), Protocol(ceilings, FEW))


def numpy_relu(make=lambda work, out, x: work, **more):
    """Return a subject that computes with NumPy; `make` turns its work into a cheat's call."""

    def prepare(workload):
        x = workload.tensors["input"]
        out = np.empty_like(x)

        def work():
            return np.maximum(x, 0, out=out)

        return Prepared(make(work, out, x))

    return Subject("numpy", "", prepare, **more)


def test_an_honest_subject_gets_its_numbers():
    numbers = measured(numpy_relu())
    assert "problem" not in numbers
    assert 0 < numbers["low"] <= numbers["microseconds"] <= numbers["high"]
    assert 10 <= numbers["samples"] <= 20 and numbers["host_microseconds"] > 0
    assert numbers["bytes"] == 2 * 64 * 33 * 4 and numbers["bound"] == "memory"
    assert 0 < numbers["share"] < 1 and numbers["error"] == 0


def cached(work, out, x):
    kept = {}

    def call():
        if id(x) not in kept:
            kept[id(x)] = work().copy()
        return kept[id(x)].copy()

    return call


def cached_in_its_place(work, out, x):
    kept = {}

    def call():
        if "it" not in kept:
            kept["it"] = work().copy()
        out[...] = kept["it"]
        return out

    return call


def cached_when_not_checked(work, out, x):
    """Right while it is checked before timing, and cached from then on."""
    calls = []

    def call():
        calls.append(1)
        if len(calls) < 12:
            calls[0] = work().copy()
        return calls[0].copy()

    return call


def left_from_before(work, out, x):
    """Right at first, when it is checked; later what was right then still lies there."""
    calls = []

    def call():
        calls.append(1)
        return work() if len(calls) < 5 else out

    return call


def on_another_thread(work, out, x):
    def late():
        time.sleep(0.02)
        work()

    def call():
        Thread(target=late).start()
        return out

    return call


def on_a_waiting_thread(work, out, x):
    pool = ThreadPoolExecutor(1)
    pool.submit(int).result()  # there before the first call

    def late():
        time.sleep(0.02)
        work()

    def call():
        pool.submit(late)
        return out

    return call


def without_the_last_element(work, out, x):
    def call():
        last = out.ravel()[-1]
        work().ravel()[-1] = last
        return out

    return call


def less_than_exact(work, out, x):
    def call():
        work()
        out[...] = out.astype(np.float16)
        return out

    return call


def of_easier_inputs(work, out, x):
    def call():
        x[1:] = x[:1]  # one row instead of all of them
        return work()

    return call


def the_input(work, out, x):
    return lambda: x


@pytest.mark.parametrize(
    ("cheat", "problem"),
    [
        (cached, "outside the bound"),
        (cached_in_its_place, "outside the bound"),
        (cached_when_not_checked, "outside the bound|does not depend"),
        (left_from_before, "does not depend|never written"),
        (on_another_thread, "after the call had ended|thread behind|never written"),
        (on_a_waiting_thread, "after the call had ended|never written"),
        (without_the_last_element, "never written"),
        (less_than_exact, "outside the bound|instead of"),
        (of_easier_inputs, "outside the bound|instead of"),
        (the_input, "the result is input itself"),
    ],
)
def test_a_cheat_is_a_problem_and_no_record(cheat, problem):
    numbers = measured(numpy_relu(cheat))
    assert list(numbers) == ["problem"]
    assert any(each in numbers["problem"] for each in problem.split("|")), numbers


ADD = Layer("add", "add", {"input": (64, 33), "other": (64, 33)})


def handing_on(passes_on, layer=ADD, what=lambda gradient: gradient):
    subject = Subject(
        *("handing on", ""),
        lambda workload: Prepared(lambda: what(workload.tensors["grad_output"])),
        passes_on=passes_on,
    )
    return measured(subject, arrays(layer, "input_gradient"))


def test_a_gradient_that_pytorch_passes_on_is_said_and_is_no_problem():
    assert handing_on(True) == {"note": PASSED_ON}


@pytest.mark.parametrize(
    ("passes_on", "layer", "what"),
    [
        (False, ADD, lambda gradient: gradient),  # who has to compute it
        (True, LAYER, lambda gradient: gradient),  # relu's gradient is another one
        (True, ADD, lambda gradient: gradient[::-1]),
    ],
)
def test_no_other_gradient_may_be_passed_on(passes_on, layer, what):
    problem = "the result is grad_output itself: nothing was computed"
    assert handing_on(passes_on, layer, what) == {"problem": problem}


def test_what_is_computed_at_first_is_not_passed_on_later():
    calls = []

    def at_first(gradient):
        calls.append(1)
        return gradient.copy() if len(calls) < 4 else gradient

    assert "grad_output itself" in handing_on(True, what=at_first)["problem"]


def test_a_replaced_clock_neither_counts_nor_stays():
    genuine = time.perf_counter

    def stopped(work, out, x):
        def call():
            time.perf_counter = lambda: 0.0
            return work()

        return call

    numbers = measured(numpy_relu(stopped))
    assert numbers == {"problem": "it replaced the clock: time.perf_counter"}
    assert time.perf_counter is genuine and clock.now is genuine


def test_a_result_that_does_not_depend_on_the_input_is_a_problem(monkeypatch):
    monkeypatch.setattr(check, "error", lambda *given: 0.0)

    def constant(work, out, x):
        return lambda: np.ones_like(x)

    assert measured(numpy_relu(constant)) == {"problem": "the result does not depend on the input"}


def test_a_call_of_ours_that_launches_nothing_is_a_problem():
    numbers = measured(numpy_relu(launches=True))
    assert numbers == {"problem": "no kernel was launched"}


def test_a_rate_above_the_ceiling_is_a_problem():
    numbers = measured(numpy_relu(), ceilings={"copy": 1e3, "FFMA": 1e3})
    assert "above what this machine can do: copy" in numbers["problem"]


@pytest.mark.parametrize("error", [MemoryError("no 8 GB"), RuntimeError("a kernel failed")])
def test_an_exception_is_a_problem(error):
    def failing(work, out, x):
        def call():
            raise error

        return call

    problem = measured(numpy_relu(failing))["problem"]
    assert problem == f"{type(error).__name__}: {error}"


def test_results_of_another_kind_or_size_are_problems():
    assert "is a list" in measured(numpy_relu(lambda work, out, x: lambda: [[1.0]]))["problem"]
    short = measured(numpy_relu(lambda work, out, x: lambda: work()[1:]))
    assert "(63, 33)" in short["problem"] and "expected (64, 33)" in short["problem"]


def test_ctrl_c_is_not_a_row():
    def interrupted(work, out, x):
        def call():
            raise KeyboardInterrupt

        return call

    with pytest.raises(KeyboardInterrupt):
        measured(numpy_relu(interrupted))


@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_our_convolution_is_measured_in_every_direction(direction, layout):
    sets = arrays(conv("small", (2, 3, 8, 8), 4, 3, padding=1), direction, layout)
    numbers = measured(subjects.ours("direct"), sets)
    assert "problem" not in numbers, numbers
    assert numbers["flops"] == 2 * 2 * 4 * 8 * 8 * 3 * 9 and 0 < numbers["error"] < 1


@pytest.mark.parametrize("direction", ["forward", "input_gradient"])
def test_our_cross_entropy_is_right_in_a_part_and_in_pieces(direction, monkeypatch):
    monkeypatch.setattr(part, "ELEMENTS", 100)
    monkeypatch.setattr(exact_mean, "PIECE", 100)
    layer = Layer("loss", "cross_entropy", {"input": (48, 20), "target": (48,)})
    numbers = measured(subjects.ours("one_pass"), arrays(layer, direction))
    assert "problem" not in numbers and 0 < numbers["error"] < 1, numbers


def test_an_algorithm_that_does_not_take_the_layer_is_no_row():
    with pytest.raises(Unsupported):
        measured(subjects.ours("pointwise"), arrays(conv("small", (2, 3, 8, 8), 4, 3)))


def test_a_gradient_reads_the_forward_pass_of_the_new_numbers():
    layer = Layer("pool", "max_pool2d", {"input": (2, 3, 8, 8)}, {"kernel_size": 3, "stride": 2})
    assert "problem" not in measured(subjects.ours("direct"), arrays(layer, "input_gradient"))
