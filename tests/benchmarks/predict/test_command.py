"""`crosscheck bench predict`: what it prints and writes, and what it refuses."""

import json

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks import suites
from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.predict import prediction, run
from crosscheck.benchmarks.suites import Layer, conv
from crosscheck.kernels.inspect import toolchain

SMALL = (
    conv("plain", (2, 16, 12, 12), 16, 3, padding=1, count=3),
    conv("depthwise", (2, 16, 12, 12), 16, 3, padding=1, groups=16),
    Layer("relu", "relu", {"input": (2, 16, 12, 12)}),
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Put three small layers in the place of a suite."""
    monkeypatch.setitem(suites.SUITES, "ladder", SMALL)


def predict(*arguments, gpu="h200"):
    options = ["predict", "--gpu", gpu, "--suite", "ladder", "--jobs", "1", *map(str, arguments)]
    return CliRunner().invoke(app, options, catch_exceptions=False)


def test_a_table_a_file_and_a_picture(tmp_path):
    file, picture = tmp_path / "p.json", tmp_path / "p.png"
    chosen = ("--direction", "forward", "--algorithm", "direct", "--algorithm", "vectorized")
    result = predict(*chosen, "--json", file, "--png", picture)
    assert result.exit_code == 0
    assert "lower bound: no GPU has timed it" in result.output.replace("\n", " ")
    assert "instr." in result.output and "an SM" in result.output
    assert "plain x 3" in result.output and "H200" in result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    content = json.loads(file.read_text())
    assert content["kind"] == "prediction" and "no GPU has timed" in content["note"]
    expected = "crosscheck bench predict --gpu=h200 --suite=ladder --direction=forward"
    expected += " --algorithm=direct --algorithm=vectorized"
    assert content["environment"]["command"] == expected
    assert content["gpu"]["sms"] == 132
    names = [(each["layer"], each["algorithm"]) for each in content["rows"]]
    relu = [("relu", "vectorized"), ("relu", "direct")]
    assert names == [("plain", "direct"), ("depthwise", "direct"), *relu]
    plain, *_, vectorized, direct = content["rows"]
    assert (plain["count"], plain["subject"], plain["direction"]) == (3, "prediction", "forward")
    assert plain["flops"] == 2 * 2 * 16 * 144 * 16 * 9 and plain["problem"] == ""
    (kernel,) = plain["kernels"]
    assert kernel["kernel"] == "convolution.direct.forward_kernel" and kernel["blocks"] == 18
    assert plain["microseconds"] == pytest.approx(kernel["cycles"]["issue"] / 1980, rel=1e-4)
    assert vectorized["kernels"][0]["blocks"] < direct["kernels"][0]["blocks"]
    assert vectorized["bytes"] == 4 * 2 * 16 * 144  # what is written stays in L2


def test_both_layouts_of_what_has_channels():
    result = predict(
        "--direction", "forward", "--layout", "nchw", "--layout", "nhwc", "--op", "relu"
    )
    assert result.exit_code == 0
    assert "forward nhwc" in result.output and "plain" not in result.output


def test_what_needs_a_newer_gpu_is_left_out():
    chosen = ("--direction", "forward", "--op", "conv2d", "--algorithm")
    assert "pipelined" in predict(*chosen, "pipelined").output
    assert "pipelined" not in predict(*chosen, "pipelined", gpu="t4").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--algorithm", "fast"), "algorithm is 'fast'; expected one of blocked,"),
        (("--op", "conv3d"), "op is 'conv3d'; expected one of conv2d, relu"),
        (("--direction", "back"), "'back' is not one of"),
        (("--json", "no/such/folder/p.json"), "the folder no/such/folder does not exist"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_runs(arguments, message, monkeypatch):
    monkeypatch.setattr(run, "predict", None)
    result = predict(*arguments)
    assert result.exit_code == 2
    words = " ".join(result.output.replace("│", " ").split())
    assert message in words


def test_without_the_compiler(monkeypatch):
    monkeypatch.setattr(toolchain, "versions", lambda: {"nvvm": "1", "nvdisasm": None})
    result = predict()
    assert result.exit_code == 2
    assert "the compiler lacks nvdisasm; pip install 'crosscheck-kernels[inspect]'" in result.output


def test_ctrl_c_keeps_what_is_predicted(monkeypatch, tmp_path):
    done = []

    def interrupted(call, gpu):
        if done:
            raise KeyboardInterrupt
        done.append(call)
        return prediction.Prediction(**prediction.named(call, gpu), problem="none was made")

    monkeypatch.setattr(run, "predict", interrupted)
    result = predict("--json", tmp_path / "p.json")
    assert "Interrupted" in result.output and result.exit_code == 0
    (row,) = json.loads((tmp_path / "p.json").read_text())["rows"]
    assert row["problem"] == "none was made"


def test_what_cannot_be_predicted_is_a_row_with_its_problem(monkeypatch):
    def fails(call, gpu):
        raise MemoryError("too large\nby far")

    monkeypatch.setattr(run, "predict", fails)
    result = predict("--direction", "forward", "--algorithm", "tiled")
    assert "plain forward tiled: MemoryError: too large" in result.output


def test_a_layer_that_is_too_large_is_a_row(monkeypatch):
    huge = (Layer("huge", "relu", {"input": (2**20, 2**20)}),)
    monkeypatch.setitem(suites.SUITES, "ladder", huge)
    result = predict()
    assert result.exit_code == 0 and "huge forward: MemoryError" in result.output


def test_a_picture_of_nothing_is_an_error_behind_the_table(monkeypatch, tmp_path):
    huge = (Layer("huge", "relu", {"input": (2**20, 2**20)}),)
    monkeypatch.setitem(suites.SUITES, "ladder", huge)
    result = predict("--png", tmp_path / "p.png")
    assert result.exit_code == 2 and "huge forward: MemoryError" in result.output
    assert "Error: there is nothing to draw" in result.output
