"""`crosscheck tune`: measures, shows and forgets."""

import pytest
from typer.testing import CliRunner

from crosscheck.kernels import tuned, tuning
from crosscheck.tune import app

SIZES = "input=1x2x5x5", "weight=3x2x3x3"


def invoke(*arguments):
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


@pytest.fixture(autouse=True)
def seconds(monkeypatch, tmp_path):
    """Let nothing be known, and a measurement be a number: each is longer than the one before."""
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    monkeypatch.setattr(tuned, "_known", None)
    numbers = iter(range(1, 100))
    monkeypatch.setattr(tuning, "measure", lambda run, where: next(numbers) / 1e3)


def test_each_direction_of_the_given_arrays_is_measured_and_shown():
    result = invoke("conv2d", *SIZES, "padding=1", "bias=3x")
    assert result.exit_code == 0, result.output
    directions = {key.direction for key in tuned.known()}
    assert directions == {"forward", "input_gradient", "weight_gradient", "bias_gradient"}
    assert "conv2d forward: depthwise 1.000, tiled 2.000, direct 3.000" in result.output
    shown = invoke()
    assert "weight_gradient" in shown.output and "groups=1" in shown.output
    assert str(tuned.file()) in shown.output.replace("\n", "")


def test_one_direction():
    assert invoke("conv2d", *SIZES, "--direction", "forward").exit_code == 0
    assert [key.direction for key in tuned.known()] == ["forward"]


def test_what_was_skipped_is_said(monkeypatch):
    monkeypatch.setattr(tuning, "measure", measured := iter_of_errors())
    result = invoke("conv2d", *SIZES, "--direction", "forward")
    assert result.exit_code == 0 and measured.calls > 1
    assert "without depthwise: MemoryError: no room" in result.output


def iter_of_errors():
    def measure(run, where):
        measure.calls += 1
        if measure.calls == 1:
            raise MemoryError("no room")
        return measure.calls

    measure.calls = 0
    return measure


def test_clear_forgets():
    invoke("conv2d", *SIZES, "--direction", "forward")
    assert "Forgot 1 measurements" in invoke("--clear").output
    assert "Nothing was measured yet" in invoke().output


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("conv3d",), "expected one of"),
        (("conv2d", "input=1x2x5x5", "weight=3x4x3x3"), "channels"),
        (("conv2d", "input=1x2x5x5"), "weight"),
        (("conv2d", *SIZES, "--direction", "sideways"), "sideways"),
        (("conv2d", *SIZES, "colour=red"), "colour"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    result = invoke(*arguments)
    assert result.exit_code == 2 and message in result.output


def test_predict_measures_nothing_and_says_why():
    result = invoke("conv2d", "input=32x64x56x56", "weight=64x64x3x3", "padding=1", "--predict")
    assert result.exit_code == 0, result.output
    assert not tuned.known()
    forward = [line for line in result.output.splitlines() if "forward" in line]
    names = [line.split()[1] for line in forward]
    assert names == ["tensor_core_3x", "pipelined", "blocked", "tiled", "direct"]
    assert "2.0 waves at 84.1%" in forward[1]
    result = invoke("relu", "input=2x3", "--predict")
    assert "the first of its table" in result.output
