"""The command line: what it refuses, what it runs, and how it says how it went."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from crosscheck.kernels import launch
from crosscheck.kernels.cpu import modes
from crosscheck.parity import __main__ as command
from crosscheck.parity import pictures
from crosscheck.parity import run as suites_run
from crosscheck.parity.case import Case
from crosscheck.parity.result import Result
from crosscheck.parity.suites import training

PASSED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "a", ok=True)
FAILED = replace(
    PASSED, case="b", ok=False, message="a lost group", repro="python -m crosscheck.parity b"
)
RANDOM = Case("relu", "fuzz", "a", "random", {"input": (2, 3)}, repro_flags="--seed 7")


def call(*words):
    wide = {"COLUMNS": "300", "TERMINAL_WIDTH": "300"}  # no message is broken into lines
    return CliRunner().invoke(command.app, list(words), env=wide)


@pytest.fixture
def given(monkeypatch):
    """Make the suites give these results; return the arguments they were asked with."""
    asked = {}

    def prepare(*results):
        def run(suites, announce, **options):
            asked.update(suites=tuple(suites), **options)
            announce(RANDOM)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
                yield result

        monkeypatch.setattr(suites_run, "run", run)
        monkeypatch.setattr(suites_run, "total", lambda *_, **__: len(results))
        return asked

    return prepare


def test_exit_status_is_0_when_every_case_passes(given):
    given(PASSED, PASSED)
    answer = call()
    assert answer.exit_code == 0
    assert "All 2 cases passed" in answer.output


def test_exit_status_is_1_when_a_case_fails_and_its_repro_line_is_shown(given):
    given(PASSED, FAILED)
    answer = call()
    assert answer.exit_code == 1
    assert "a lost group" in answer.output and "python -m crosscheck.parity b" in answer.output
    assert "FAILED: 1 of 2" in answer.output


def test_junit_is_written_whether_cases_fail_or_not(given, tmp_path):
    given(PASSED, FAILED)
    answer = call("--junit", str(tmp_path / "junit.xml"))
    assert answer.exit_code == 1
    assert ElementTree.parse(tmp_path / "junit.xml").getroot().get("failures") == "1"


def test_exit_status_is_1_when_no_case_matches(given):
    given()
    answer = call("--case", "of no such name")
    assert answer.exit_code == 1 and "no case" in answer.output


@pytest.mark.parametrize(
    "option, value, allowed",
    [
        ("--op", "conv3d", "conv2d"),
        ("--dtype", "float8", "float64"),
        ("--suite", "all", "problems"),
        ("--device", "tpu", "cuda"),
        ("--algorithm", "fft", "tiled"),
    ],
)
def test_a_bad_value_exits_with_2_and_lists_what_is_allowed(option, value, allowed):
    answer = call(option, value)
    assert answer.exit_code == 2
    assert option in answer.output and value in answer.output and allowed in answer.output


def test_a_report_that_cannot_be_written_is_refused_before_anything_runs(given, tmp_path):
    asked = given(PASSED)
    for option in ("--json", "--html", "--junit"):
        answer = call(option, str(tmp_path / "missing" / "file"))
        assert answer.exit_code == 2 and "does not exist" in answer.output
        assert call(option, str(tmp_path)).exit_code == 2  # a folder
    assert not asked


def test_an_interrupt_shows_the_table_so_far_and_exits_with_130(given, tmp_path):
    given(PASSED, KeyboardInterrupt(), PASSED)
    answer = call("--html", str(tmp_path / "h"))
    assert answer.exit_code == 130
    assert "Interrupted after 1 of 3: no report" in answer.output and "relu" in answer.output
    assert "All" not in answer.output and not list(tmp_path.iterdir())


def test_an_interrupt_keeps_the_results_so_far_and_the_file_says_so(given, tmp_path):
    given(PASSED, KeyboardInterrupt(), PASSED)
    answer = call("--json", str(tmp_path / "j"))
    assert answer.exit_code == 130 and "Interrupted after 1 of 3" in answer.output
    kept = json.loads((tmp_path / "j").read_text())
    assert len(kept["cases"]) == 1 and kept["environment"]["interrupted"] == "after 1 of 3"


def test_by_default_all_suites_run_but_quick(given):
    asked = given(PASSED)
    call()
    assert asked["suites"] == ("problems", "opinfo", "images", "fuzz")
    call("--suite", "fuzz", "--suite", "images", "--seed", "3", "--count", "9")
    assert asked["suites"] == ("fuzz", "images") and (asked["seed"], asked["count"]) == (3, 9)


def test_sanitize_runs_quick_under_the_sanitizer(given, monkeypatch):
    asked = given(PASSED)
    entered = []
    sanitized = launch.sanitized
    monkeypatch.setattr(
        launch, "sanitized", lambda **modes: entered.append(1) or sanitized(**modes)
    )
    call("--suite", "images")
    assert not entered
    assert call("--sanitize").exit_code == 0
    assert entered and asked["suites"] == ("quick",)


def test_mma_is_the_model_of_every_launch(given, monkeypatch):
    asked, seen, using = given(PASSED), [], modes.using
    monkeypatch.setattr(modes, "using", lambda **mode: seen.append(mode) or using(**mode))
    call("--suite", "images")
    assert asked["flags"] == ""
    call("--suite", "images", "--mma", "a100")
    assert asked["flags"] == "--mma a100"  # for the line that repeats a case
    assert seen == [{"mma": "h100"}, {"mma": "a100"}]
    assert call("--mma", "v100").exit_code == 2


def test_no_line_of_a_case_that_passes_is_printed(given):
    given(PASSED)
    assert "--case a" not in call("--suite", "fuzz").output


def test_the_summary_says_that_it_was_a_sample(given, tmp_path):
    asked = given(PASSED)
    answer = call("--sample", "4", "--json", str(tmp_path / "j"))
    assert asked["sample"] == 4
    assert "This was a sample: one in 4 cases of opinfo and fuzz." in answer.output
    environment = json.loads((tmp_path / "j").read_text())["environment"]
    assert environment["sample"] == "one in 4 cases of opinfo and fuzz"
    assert "a sample" not in call("--sample", "4", "--suite", "images").output
    assert "a sample" not in call().output


def test_both_reports_are_written(given, tmp_path, monkeypatch):
    given(PASSED, FAILED)
    monkeypatch.setattr(pictures, "make", lambda device: [])
    call("--json", str(tmp_path / "j"), "--html", str(tmp_path / "h"))
    assert json.loads((tmp_path / "j").read_text())["summary"]["failed"] == 1
    assert "python -m crosscheck.parity b" in (tmp_path / "h").read_text()


def test_kernels_that_cannot_draw_do_not_cost_the_report(given, tmp_path, monkeypatch):
    def broken(device):
        raise IndexError("out of the array")

    given(PASSED)
    monkeypatch.setattr(pictures, "make", broken)
    assert call("--html", str(tmp_path / "h")).exit_code == 0
    assert "IndexError: out of the array" in (tmp_path / "h").read_text()


def test_a_real_case_runs_from_end_to_end(tmp_path):
    file = tmp_path / "j"
    answer = call("--suite", "images", "--op", "relu", "--dtype", "float32", "--json", str(file))
    assert answer.exit_code == 0, answer.output
    cases = json.loads(file.read_text())["cases"]
    assert {case["direction"] for case in cases} >= {"forward", "input_gradient"}
    assert all(case["ok"] and case["dtype"] == "float32" for case in cases)


def test_the_repro_line_of_a_training_run_is_taken(given):
    asked = given(PASSED)
    (case, *_) = training.cases()
    answer = call(*case.command("float64").split()[3:])
    assert answer.exit_code == 0, answer.output
    assert asked["suites"] == ("training",)
    assert (asked["op"], asked["case"], asked["dtype"]) == (case.op, case.name, "float64")


def test_training_and_quick_run_only_when_asked_for(given):
    asked = given(PASSED)
    call()
    assert asked["suites"] == ("problems", "opinfo", "images", "fuzz")
