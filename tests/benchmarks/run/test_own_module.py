"""`bench run --module FILE`: a user's kernels beside ours and PyTorch's, from end to end."""

import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks import results_file
from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.run import run
from crosscheck.benchmarks.run.run import Run
from crosscheck.benchmarks.suites import SUITES, Layer, conv
from crosscheck.parity.own import registry

SMALL = (
    conv("small", (2, 3, 12, 12), 4, 3, count=3, padding=1),
    Layer("rows", "relu", {"input": (40, 30)}),
    Layer("pixels", "relu", {"input": (2, 3, 8, 8)}),
)
FILE = "own_kernels.py"
SOURCE = """
import numpy as np
from numba import cuda
from crosscheck.parity.own import Unsupported, algorithm, differentiable

@cuda.jit
def relu_kernel(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = 0 if x[i] < 0 else x[i]

def launch(input, out):
    relu_kernel[-(-out.size // 256), 256](input.reshape(-1), out.reshape(-1))
"""
MINE = """
@algorithm("relu", name="mine")
def mine(input, out):
    {body}
"""
GOOD = MINE.format(body="launch(input, out)")
FOUR_SIDES = MINE.format(
    body="""if input.ndim != 4:
        raise Unsupported("only images")
    launch(input, out)"""
)
CONVOLUTIONS = """
import torch

@algorithm("conv2d", "weight_gradient", name="theirs", arrays="torch")
def theirs(input, weight_size, grad_output, stride, padding, dilation, groups):
    return torch.nn.grad.conv2d_weight(
        input, weight_size, grad_output, stride, padding, dilation, groups
    )

@differentiable("conv2d", name="whole")
def whole(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return torch.conv2d(input, weight, bias, stride, padding, dilation, groups)
"""


@pytest.fixture(autouse=True)
def few_layers_samples_and_nothing_registered(monkeypatch):
    monkeypatch.setitem(SUITES, "ladder", SMALL)
    monkeypatch.setitem(run.LIMITS, "cpu", Limits(most=10, warm_up=0.0))
    monkeypatch.setattr(run.ceilings, "measure", lambda *given: {"copy": 1e15, "FFMA": 1e15})
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    registry.forget()
    for name in [name for name in set(sys.modules) - before if name.startswith("own_")]:
        del sys.modules[name]


@pytest.fixture
def bench(tmp_path):
    """Return a function that runs the command on a file with this text, and its rows or error."""

    def call(source, *words, name=FILE):
        (tmp_path / name).write_text(f"{SOURCE}{source}")
        given = "run", "--suite", "ladder", "--module", tmp_path / name, "--out", tmp_path, *words
        told = CliRunner().invoke(app, [str(each) for each in given], env={"COLUMNS": "300"})
        found = tmp_path / results_file.NAME
        return told, results_file.read(found) if found.exists() else None

    return call


def by_whom(results):
    return {(row.layer, row.direction, row.subject, row.algorithm): row for row in results.rows}


def test_a_kernel_is_measured_beside_ours_and_torch(bench):
    told, found = bench(GOOD)
    assert told.exit_code == 0, told.output
    assert not [row.problem for row in found.rows if row.problem] and not found.left_out
    rows = by_whom(found)
    assert {(layer, direction) for layer, direction, *_ in rows} == {
        ("rows", "forward"),
        ("pixels", "forward"),
    }
    own = rows["rows", "forward", "own_kernels", "mine"]
    assert 0 < own.low <= own.microseconds <= own.high and own.samples >= 10 and 0 < own.share < 1
    assert ("rows", "forward", "torch", "") in rows
    assert ("rows", "forward", "crosscheck", "direct") in rows
    assert ("rows", "forward", "crosscheck", "mine") not in rows
    assert found.environment["module"].startswith("own_kernels.py ")
    assert "own_kernels mine nchw" in told.output  # its mean


def test_a_direction_and_a_differentiable_function_are_measured_in_their_directions(bench):
    told, found = bench(CONVOLUTIONS, "--peers", "")
    assert told.exit_code == 0, told.output
    own = {key: row for key, row in by_whom(found).items() if row.subject == "own_kernels"}
    assert {(direction, name) for _, direction, _, name in own} == {
        ("forward", "whole"),
        ("input_gradient", "whole"),
        ("weight_gradient", "whole"),
        ("weight_gradient", "theirs"),
    }
    assert not [row.problem for row in own.values() if row.problem]
    assert all(0 < row.error <= 1 for row in own.values())
    assert "Not measured, as no layer here needs it: conv2d bias_gradient whole." in told.output


@pytest.mark.parametrize(
    "source, problem",
    [
        (MINE.format(body="launch(-input, out)"), "outside the bound"),
        (MINE.format(body="launch(input[1:], out[1:])"), "NaN, as if never written"),
        (MINE.format(body="raise KeyError('lost')"), "KeyError: 'lost'"),
        (MINE.format(body="input[1:] = input[:1]; launch(input, out)"), "outside the bound"),
        (
            "calls = []\n"
            + MINE.format(
                body="calls.append(1); "
                "launch(input, out) if len(calls) < 17 else np.maximum(input, 0, out=out)"
            ),
            "no kernel was launched",
        ),
    ],
)
def test_what_is_wrong_with_a_kernel_is_in_its_row_and_the_others_are_measured(
    source, problem, bench
):
    told, found = bench(source)
    assert told.exit_code == 0, told.output
    rows = by_whom(found)
    own = rows["rows", "forward", "own_kernels", "mine"]
    assert problem in own.problem and own.microseconds == 0
    assert not [row for row in found.rows if row.problem and row.subject != "own_kernels"]


def test_a_function_without_gradients_says_so_in_its_rows(bench):
    detached = """
@differentiable("relu", name="mine")
def mine(input):
    return input.detach().relu()
"""
    _, found = bench(detached)
    rows = by_whom(found)
    assert not rows["rows", "forward", "own_kernels", "mine"].problem
    problem = rows["rows", "input_gradient", "own_kernels", "mine"].problem
    assert "does not require grad" in problem


def test_what_it_does_not_take_is_said_and_is_no_row(bench):
    told, found = bench(FOUR_SIDES)
    line = "own_kernels mine nchw does not take 1 of 2 layers, the first 'rows': only images"
    assert found.left_out == [f"ladder, forward: {line}"] and line in told.output
    assert [row.layer for row in found.rows if row.subject == "own_kernels"] == ["pixels"]


def test_one_algorithm_is_chosen_by_its_name(bench):
    other = GOOD.replace("mine", "other")
    _, found = bench(GOOD + other, "--algorithm", "other")
    assert {(row.subject, row.algorithm) for row in found.rows} == {
        ("own_kernels", "other"),
        ("torch", ""),
    }
    told, _ = bench(GOOD, "--algorithm", "fft")
    assert told.exit_code == 2 and "'fft'; expected of" in told.output and "mine" in told.output


@pytest.mark.parametrize(
    "source, words, message",
    [
        ("raise KeyError('lost')", (), "own_kernels.py:14: KeyError: 'lost'"),
        ("x = 1", (), "own_kernels.py: it registers nothing"),
        (
            GOOD.replace("relu", "softmax"),
            (),
            "own_kernels.py: it has softmax forward mine; expected something for a layer",
        ),
        (GOOD, ("--op", "conv2d"), "it has relu forward mine; expected something for a layer"),
        (GOOD, ("--direction", "input_gradient"), "it has relu forward mine; expected something"),
    ],
)
def test_a_file_of_no_use_is_refused_before_anything_is_measured(
    source, words, message, bench, monkeypatch
):
    monkeypatch.setattr(Run, "run", lambda *given: pytest.fail("it measures"))
    told, found = bench(source, *words)
    assert told.exit_code == 2 and "--module" in told.output and found is None
    assert message in told.output, told.output


@pytest.mark.parametrize("name", ["compile.py", "torch-tf32.py", "crosscheck.py"])
def test_a_file_with_the_name_of_another_column_is_refused(name, bench):
    told, _ = bench(GOOD, name=name)
    assert told.exit_code == 2 and "is the name of another column" in told.output


def test_rows_of_a_file_that_has_changed_are_not_kept(bench, tmp_path):
    _, found = bench(GOOD)
    found = replace(found, rows=found.rows[:1])
    found.write(tmp_path / results_file.NAME)
    again, _ = bench(GOOD, "--resume")
    assert again.exit_code == 0 and "Kept from before: 1 rows" in again.output
    told, _ = bench(f"{GOOD}\n# faster\n", "--resume")
    assert told.exit_code == 2 and "module is 'own_kernels.py" in told.output
