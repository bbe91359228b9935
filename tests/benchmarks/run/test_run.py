"""`bench run` and `bench list` from end to end, on the CPU."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks import results_file, subjects
from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.peers import switches
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.rows import is_measured
from crosscheck.benchmarks.run import plan, run
from crosscheck.benchmarks.run.plan import Choice
from crosscheck.benchmarks.run.run import Run
from crosscheck.benchmarks.suites import NAMES, SUITES, Layer, conv
from crosscheck.benchmarks.training import steps

SMALL = (
    conv("small", (2, 3, 12, 12), 4, 3, count=3, padding=1),
    Layer("scores", "softmax", {"input": (40, 30)}, {"dim": 1}),
)


@pytest.fixture(autouse=True)
def few_layers_and_samples(monkeypatch):
    monkeypatch.setitem(SUITES, "ladder", SMALL)
    monkeypatch.setitem(run.LIMITS, "cpu", Limits(most=10, warm_up=0.0))
    rates = {"copy": 1e15, "FFMA": 1e15}  # no burst of this machine is above them
    monkeypatch.setattr(run.ceilings, "measure", lambda *given: rates)


def invoke(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def quietly(choice, out=None, minutes=None, after=lambda: None):
    this = Run(choice, out, minutes)
    return this, this.run(lambda task: None, after)


def test_a_run_measures_ours_beside_torch_and_writes_it(tmp_path):
    told = invoke("run", "--suite", "ladder", "--direction", "forward", "--out", tmp_path / "new")
    assert told.exit_code == 0, told.output
    assert "tell nothing about a GPU" in told.output and "Geometric means" in told.output
    found = results_file.read(tmp_path / "new" / "results.json")
    assert not found.left_out and set(found.ceilings) == {"FFMA", "copy"}
    assert "commit" in found.environment and "layers" in found.environment
    assert not [each.problem for each in found.rows if each.problem]
    by = {(each.layer, each.subject, each.algorithm): each for each in found.rows}
    assert len(by) == len(found.rows)  # the default algorithm once
    for layer, names in (("small", ("direct", "tiled", "winograd")), ("scores", ("one_pass",))):
        assert by[layer, "torch", ""].microseconds > 0
        for name in names:
            row = by[layer, subjects.OURS, name]
            assert 0 < row.low <= row.microseconds <= row.high and row.samples >= 10
            assert 0 < row.share < 1 and 0 < row.error <= 1
    assert by["small", subjects.OURS, "direct"].count == 3
    assert ("small", subjects.OURS, "depthwise") not in by  # it does not take the layer


def test_gradients_of_both_layouts():
    choice = Choice(("ladder",), layouts=("nchw", "nhwc"), algorithm="direct")
    rows = quietly(choice)[1].rows
    assert not [each.problem for each in rows if each.problem]
    ours = {(r.layer, r.direction, r.layout) for r in rows if r.subject == subjects.OURS}
    assert ("small", "weight_gradient", "nhwc") in ours and len(ours) == 6 + 2
    assert sum(r.subject == "torch" for r in rows) == 3 + 2


def test_no_time_leaves_everything_out(tmp_path):
    _, found = quietly(Choice(("ladder",)), tmp_path, minutes=0.0)
    assert found.rows == [] and "ladder, forward: everything" in found.left_out
    assert results_file.read(tmp_path / results_file.NAME).left_out == found.left_out


def test_a_row_that_would_end_too_late_is_not_begun(monkeypatch):
    monkeypatch.setattr(Run, "_expected", lambda self: 1e6 if self.results.rows else 0.0)
    _, found = quietly(Choice(("ladder",)), minutes=10)
    assert len(found.rows) == 1 and found.left_out


def test_ctrl_c_keeps_what_is_measured(tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    this, found = quietly(Choice(("ladder",), op="softmax"), tmp_path, after=interrupt)
    assert this.interrupted and len(found.rows) == 1
    kept = results_file.read(tmp_path / results_file.NAME)
    assert kept.rows == found.rows and kept.left_out == found.left_out != []


def test_a_failing_kernel_is_a_row_and_not_the_end(monkeypatch):
    prepare = subjects.prepare_algorithm

    def failing(algorithm, workload):
        if algorithm == "tree":
            raise MemoryError("no room")
        return prepare(algorithm, workload)

    monkeypatch.setattr(subjects, "prepare_algorithm", failing)
    rows = quietly(Choice(("ladder",), op="softmax", direction="forward"))[1].rows
    problems = {each.algorithm: each.problem for each in rows if each.subject == subjects.OURS}
    assert problems["tree"] == "MemoryError: no room"
    assert problems["direct"] == problems["one_pass"] == ""


def test_no_memory_for_the_arrays_is_a_row(monkeypatch):
    def full(*given):
        raise MemoryError("no room")

    monkeypatch.setattr(run, "Workload", full)
    rows = quietly(Choice(("ladder",), op="softmax", direction="forward"))[1].rows
    assert rows and {each.problem for each in rows} == {"MemoryError: no room"}
    assert all(each.microseconds == 0 for each in rows)


def test_a_switch_that_does_not_work_is_a_problem_of_its_column(monkeypatch):
    monkeypatch.setattr(switches, "rounds_factors", lambda device: True)
    rows = quietly(Choice(("ladder",), op="softmax", direction="forward"))[1].rows
    (torch,) = (each for each in rows if each.subject == "torch")
    assert torch.problem == "PyTorch rounds float32 to TF32 although it is told not to"


def test_a_folder_that_cannot_be_written_is_said_first(tmp_path, monkeypatch):
    monkeypatch.setattr(Run, "run", lambda *given: pytest.fail("it measures"))
    (tmp_path / "file").write_text("")
    told = invoke("run", "--suite", "ladder", "--out", tmp_path / "file" / "folder")
    assert told.exit_code == 2 and "--out" in told.output


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--peers", "torch,tensorflow"), "tensorflow"),
        (("--suite", "imagenet"), "imagenet"),
        (("--layout", "chwn"), "chwn"),
        (("--direction", "backward"), "backward"),
        (("--algorithm", "fft"), "fft"),
    ],
)
def test_a_wrong_option_is_refused(options, text):
    told = invoke("run", *options)
    assert told.exit_code == 2 and text in told.output


def test_nothing_left_is_said():
    told = invoke("run", "--suite", "ladder", "--op", "relu")
    assert told.exit_code == 1 and "no layer is left" in told.output


def test_list_names_suites_layers_and_algorithms():
    told = invoke("list")
    assert told.exit_code == 0
    for text in (
        *NAMES,
        "F.relu",
        "ResNet18",
        "112 32 depthwise 3x3",
        "winograd",
        "weight_gradient",
    ):
        assert text in told.output


def test_training_steps_are_rows(monkeypatch, tmp_path):
    monkeypatch.setattr(plan, "MODELS", {"cpu": ("LeNet5",)})
    monkeypatch.setattr(steps, "drift", lambda *given: 0.5)
    choice = Choice(("training",), peers=("torch", "torch-graph"))
    _, found = quietly(choice, tmp_path)
    assert not [each.problem for each in found.rows if each.problem]
    by = {(each.subject, each.algorithm): each for each in found.rows}
    assert len(found.rows) == len(by) == 4 and {each.direction for each in found.rows} == {"step"}
    assert by[subjects.OURS, ""].error == 0.5
    for who in ((subjects.OURS, ""), ("torch", "")):
        assert is_measured(by[who]) and not by[who].note
    for who in (("crosscheck-graph", ""), ("torch-graph", "")):
        assert by[who].note == "not available: CUDA graphs exist on a GPU only"
        assert by[who].microseconds == 0
    again = Run(choice, tmp_path, resume=True)
    assert again.kept == 4 and len(again.run(lambda task: None, lambda: None).rows) == 4


def test_launches_are_rows_in_the_file_and_the_tables(monkeypatch, tmp_path):
    monkeypatch.setattr(plan.calls, "NAMES", ("F.relu", "conv2d, tiled"))
    told = invoke("run", "--suite", "launch", "--out", tmp_path)
    assert told.exit_code == 0, told.output
    rows = results_file.read(tmp_path / results_file.NAME).rows
    assert {(each.layer, each.direction) for each in rows} == {
        (name, direction)
        for name in ("F.relu", "conv2d, tiled")
        for direction in ("to_first_launch", "whole_call")
    }
    assert len(rows) == 4 and all(map(is_measured, rows))
    assert "launch, to_first_launch" in told.output and "F.relu" in told.output


def test_training_that_drifts_is_a_problem(monkeypatch):
    def too_far(*given):
        raise Wrong("too far")

    monkeypatch.setattr(steps, "drift", too_far)
    rows = quietly(Choice(("training",), peers=()))[1].rows
    assert {each.problem for each in rows if not each.note} == {"too far"}


def test_resuming_keeps_good_rows_and_measures_the_rest(tmp_path):
    choice = Choice(("ladder",), op="softmax")
    first, found = quietly(choice, tmp_path, minutes=10)
    good, spoiled = found.rows[:-1], replace(found.rows[-1], problem="out of memory")
    found.rows = [*good[1:], spoiled]  # the first is missing, the last has no numbers
    found.write(tmp_path / results_file.NAME)
    again = Run(choice, tmp_path, resume=True)
    assert again.kept == len(good) - 1
    rows = again.run(lambda task: None, lambda: None).rows
    assert rows[: again.kept] == good[1:]
    assert {each.key for each in rows[again.kept :]} == {good[0].key, spoiled.key}
    assert not [each.problem for each in rows if each.problem]


def test_rows_of_another_commit_are_not_mixed(tmp_path):
    results = Run(Choice(("ladder",)), tmp_path).results
    results.environment["commit"] = "another"
    results.write(tmp_path / results_file.NAME)
    told = invoke("run", "--suite", "ladder", "--resume", "--out", tmp_path)
    assert told.exit_code == 2 and "another" in told.output
    assert results_file.read(tmp_path / results_file.NAME).environment["commit"] == "another"
