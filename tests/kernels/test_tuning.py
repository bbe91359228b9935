"""`kernels.tune` remembers the fastest algorithm, and calls run it; the measure is a stand-in."""

import contextlib
import json
from dataclasses import replace
from math import prod
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck import kernels
from crosscheck.kernels import convolution, precision, tuned, tuning
from crosscheck.kernels.activation import relu
from crosscheck.kernels.arrays import Place
from crosscheck.kernels.convolution import ALGORITHMS, CONV2D
from crosscheck.kernels.optimizer import sgd

X, W = np.ones((2, 3, 6, 6), np.float32), np.ones((4, 3, 3, 3), np.float32)


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch, tmp_path):
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    monkeypatch.setattr(tuned, "_known", None)
    CONV2D.forget()
    yield
    CONV2D.forget()


@pytest.fixture
def table(monkeypatch):
    """Return a table of conv2d's forward direction whose algorithms note that they ran."""
    ran = []

    def noted(name, algorithm):
        def run(problem, *arrays):
            ran.append(name)
            algorithm.run(problem, *arrays)

        return replace(algorithm, name=name, run=run)

    direct = ALGORITHMS["forward"]["direct"]
    table = {name: noted(name, direct) for name in ("usual", "quick", "slow")}
    monkeypatch.setitem(CONV2D.algorithms, "forward", table)
    return SimpleNamespace(algorithms=table, ran=ran)


@pytest.fixture
def seconds(monkeypatch, table):
    """Let a measurement run once and return the number that is here under the algorithm's name."""
    seconds = {"usual": 2.0, "quick": 1.0, "slow": 3.0}

    def measure(run, where):
        run()
        return seconds[table.ran[-1]]

    monkeypatch.setattr(tuning, "measure", measure)
    return seconds


def runs(table, *arguments, **options):
    """Return which algorithm a call without a name runs."""
    convolution.forward(*arguments, **options)
    return table.ran[-1]


def test_calls_run_what_was_the_fastest(table, seconds):
    assert runs(table, X, W, padding=1) == "usual"
    found = kernels.tune(convolution.forward, X, W, padding=1)
    assert (found.algorithm, found.seconds, found.skipped) == ("quick", seconds, {})
    assert runs(table, X, W, padding=1) == "quick"
    assert runs(table, X + 1, W, padding=(1, 1)) == "quick"


def test_what_is_not_permitted_is_not_the_fastest(table, seconds, monkeypatch):
    in_tf32 = replace(table.algorithms["quick"], float32_precision="tf32")
    monkeypatch.setitem(table.algorithms, "quick", in_tf32)
    assert kernels.tune(convolution.forward, X, W).algorithm == "quick"
    assert runs(table, X, W) == "usual"  # of those that are left
    with allowed_tf32():
        assert runs(table, X, W) == "quick"
    assert runs(table, X, W) == "usual"


@contextlib.contextmanager
def allowed_tf32():
    precision.allow("conv", "tf32")
    try:
        yield
    finally:
        precision.allow("conv", "ieee")


def test_a_name_still_forces_an_algorithm(table, seconds):
    kernels.tune(convolution.forward, X, W)
    assert runs(table, X, W, algorithm="slow") == "slow"


@pytest.mark.parametrize(
    "other",
    [
        lambda: ((X, W), {"padding": 1}),
        lambda: ((X.astype(np.float64), W.astype(np.float64)), {}),
        lambda: ((X[:1], W), {}),
        lambda: ((np.ascontiguousarray(X.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2), W), {}),
    ],
    ids=["problem", "dtype", "size", "layout"],
)
def test_another_kind_of_call_is_not_known(other, table, seconds):
    kernels.tune(convolution.forward, X, W)
    arguments, options = other()
    assert runs(table, *arguments, **options) == "usual"


def test_another_device_is_not_known(table, seconds, monkeypatch):
    kernels.tune(convolution.forward, X, W)
    monkeypatch.setattr(tuned, "device_name", lambda place: "another")
    CONV2D.forget()
    assert runs(table, X, W) == "usual"


def test_the_next_process_knows_it(table, seconds, monkeypatch):
    kernels.tune(convolution.forward, X, W)
    monkeypatch.setattr(tuned, "_known", None)  # as a new process begins
    CONV2D.forget()
    assert runs(table, X, W) == "quick"


def test_an_algorithm_that_fails_is_skipped_with_a_note(table, seconds):
    def fail(problem, *arrays):
        table.ran.append("quick")
        raise MemoryError("no room")

    table.algorithms["quick"] = replace(table.algorithms["quick"], run=fail)
    table.algorithms["slow"] = replace(table.algorithms["slow"], unsupported=lambda _: "too odd")
    found = kernels.tune(convolution.forward, X, W)
    assert found.algorithm == "usual" and found.seconds == {"usual": 2.0}
    assert found.skipped["quick"] == "MemoryError: no room"
    assert "too odd" in found.skipped["slow"]


def test_where_every_algorithm_fails_that_is_said(table, monkeypatch):
    monkeypatch.setattr(tuning, "measure", lambda run, where: 1 / 0)
    with pytest.raises(RuntimeError, match="conv2d ran: .*usual.*ZeroDivisionError"):
        kernels.tune(convolution.forward, X, W)
    assert not tuned.known()


def test_a_winner_that_is_no_more_is_not_asked_for(table, seconds, monkeypatch):
    kernels.tune(convolution.forward, X, W)
    quick = table.algorithms.pop("quick")
    CONV2D.forget()
    assert runs(table, X, W) == "usual"
    table.algorithms["quick"] = replace(quick, unsupported=lambda problem: "no longer")
    CONV2D.forget()
    assert runs(table, X, W) == "usual"


def test_forgetting(table, seconds):
    kernels.tune(convolution.forward, X, W)
    assert tuned.forget() == 1 and not tuned.file().exists()
    CONV2D.forget()
    assert runs(table, X, W) == "usual"


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '[{"device": "x"}]', '[{"operator": 1, "seconds": 2}]']
)
def test_a_damaged_file_is_no_error(content, table, seconds):
    tuned.file().write_text(content)
    assert runs(table, X, W) == "usual"
    kernels.tune(convolution.forward, X, W)
    assert len(json.loads(tuned.file().read_text())) == 1


def test_what_another_process_kept_meanwhile_is_kept(table, seconds):
    assert not tuned.known()
    other = tuned.Key("another", "conv2d", "forward", "a problem", "arrays")
    tuned._write([(other, tuned.Measured("tiled", {"tiled": 1.0}))])
    kernels.tune(convolution.forward, X, W)
    assert len(tuned.known()) == len(json.loads(tuned.file().read_text())) == 2


def test_arrays_that_a_call_updates_are_left_as_they_are(monkeypatch):
    monkeypatch.setattr(tuning, "measure", lambda run, where: (run(), 1.0)[1])
    parameter = np.ones(3, np.float32)
    found = kernels.tune(sgd.step, parameter, np.ones(3, np.float32), lr=0.5)
    assert found.algorithm == "foreach" and (parameter == 1).all()


def test_what_cannot_be_tuned_is_refused():
    with pytest.raises(TypeError, match="tune: function is .*; expected a direction"):
        kernels.tune(np.add, X, X)
    with pytest.raises(TypeError, match="tune: algorithm is given"):
        kernels.tune(convolution.forward, X, W, algorithm="direct")
    with pytest.raises(ValueError, match="conv2d: stride is 0"):
        kernels.tune(convolution.forward, X, W, stride=0)


def test_a_measurement_is_the_shortest_of_several_warm_runs(monkeypatch):
    times = iter([9.0, 9.0, 0.05, 0.03, 0.04, *[0.04] * 95])
    monkeypatch.setattr(tuning, "_seconds_here", lambda run, where: next(times))
    assert tuning.measure(None, Place(np, None)) == 0.03
    assert len(list(times)) >= 90  # it has an end


def test_progress_names_each_algorithm(table, seconds):
    names = []
    kernels.tune(convolution.forward, X, W, progress=names.append)
    assert names == ["usual", "quick", "slow"]


def test_a_real_measurement_on_the_cpu_device():
    found = kernels.tune(relu.forward, X)
    assert found.algorithm in found.seconds and all(each > 0 for each in found.seconds.values())


def test_predictions_are_what_a_gpu_would_choose_by():
    found = tuning.predict(convolution.forward, X, W, padding=1)
    assert set(found) == {"direct", "tiled", "blocked", "pipelined", "tensor_core_3x"}
    cycles = [each.cycles for each in found.values()]
    assert cycles == sorted(cycles) and cycles[0] > 0
    assert next(iter(tuning.predict(relu.forward, X))) == "vectorized"
    with pytest.raises(ValueError, match="conv2d: stride is 0"):
        tuning.predict(convolution.forward, X, W, stride=0)


def test_the_table_in_the_docs_is_what_is_predicted():
    page = Path(__file__).parents[2] / "docs" / "calls.md"
    rows = [line.split("|")[1:-1] for line in page.read_text().splitlines() if " x " in line[:60]]
    assert len(rows) == 23
    for layer, image, *expected in ([cell.strip() for cell in row] for row in rows):
        side, (window, k) = int(image.split()[0]), layer.split(", ")[:2]
        c, _, k = k.partition(" to ")
        r, stride = int(window[0]), 2 if "stride" in layer else 1
        x, w = (32, int(c), side, side), (int(k or c), int(c), r, r)
        how = dict(stride=stride, padding=r // 2)
        dy = (32, w[0], side // stride, side // stride)
        calls = (
            (convolution.forward, (dense(*x), dense(*w))),
            (convolution.input_gradient, (x, dense(*w), dense(*dy))),
            (convolution.weight_gradient, (dense(*x), w, dense(*dy))),
        )
        for (function, arguments), told in zip(calls, expected, strict=True):
            name, first = next(iter(tuning.predict(function, *arguments, **how).items()))
            tile = first.why.partition(",")[0]
            assert told == f"{name}, {tile}, {first.microseconds:.0f}", (layer, function.__name__)


def dense(*shape):
    """An array of this shape and its strides, without its memory: nobody reads it."""
    strides = [4 * prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), shape, strides)
