"""Two files of --json: what fails now, what is gone, which errors grew, and the exit status."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crosscheck.parity import __main__ as command
from crosscheck.parity.report import compare, json
from crosscheck.parity.result import Result

NUMBERS = dict(error=1e-7, bound=1e-6, share=0.1)
PASSED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "a", ok=True, **NUMBERS)
OTHER = replace(PASSED, case="b")
FAILED = replace(
    PASSED, ok=False, share=float("inf"), error=float("nan"), message="lost", repro="run 'a'"
)


@pytest.fixture
def call(tmp_path):
    """A function that writes two runs and compares the files."""

    def run(old, new):
        for name, results in (("old", old), ("new", new)):
            (tmp_path / name).write_text(json.render(results, {}))
        words = "--compare", str(tmp_path / "old"), str(tmp_path / "new")
        return CliRunner().invoke(command.app, words)

    return run


def test_the_same_twice_is_no_difference_and_exits_with_0(call):
    for results in ([PASSED, OTHER], [FAILED, OTHER], []):
        answer = call(results, results)
        assert answer.exit_code == 0
        assert answer.output.strip() == "Nothing newly fails, and nothing is gone."


def test_newly_failing_exits_with_1_and_shows_the_command(call):
    answer = call([PASSED, OTHER], [FAILED, OTHER])
    assert answer.exit_code == 1 and "1 newly failing:" in answer.output
    assert "relu forward direct float32 fuzz a" in answer.output and "run 'a'" in answer.output
    assert "WORSE: 1 newly fail, 0 are gone." in answer.output


def test_a_new_case_that_fails_is_newly_failing_too(call):
    answer = call([OTHER], [FAILED, OTHER])
    assert answer.exit_code == 1 and "1 newly failing:" in answer.output


def test_newly_passing_and_new_are_listed_and_exit_with_0(call):
    answer = call([FAILED], [PASSED, OTHER])
    assert answer.exit_code == 0
    assert "1 newly passing:" in answer.output and "1 new:" in answer.output


@pytest.mark.parametrize("now", [[], [replace(PASSED, unsupported="not any more")]])
def test_a_case_that_is_gone_or_not_taken_any_more_exits_with_1(call, now):
    answer = call([PASSED], now)
    assert answer.exit_code == 1 and "1 gone:" in answer.output


def test_an_unsupported_case_that_is_taken_now_is_no_loss(call):
    assert call([replace(PASSED, unsupported="no")], [PASSED]).exit_code == 0


@pytest.mark.parametrize(
    ("changed", "listed"),
    [
        (dict(error=1.9e-7, share=0.19), False),
        (dict(error=2.1e-7, share=0.21), True),
        (dict(error=3e-7, bound=3e-6), True),  # the bound was widened with it
        (dict(share=0.3, bound=3.3e-7), True),  # the bound was narrowed
    ],
)
def test_an_error_or_share_that_grew_beyond_its_factor_is_listed(call, changed, listed):
    answer = call([PASSED], [replace(PASSED, **changed)])
    assert answer.exit_code == 0
    assert ("1 with an error that grew" in answer.output) == listed


def test_an_error_that_uses_next_to_nothing_of_its_bound_may_grow(call):
    tiny = replace(PASSED, error=1e-12, share=1e-6)
    assert "grew" not in call([tiny], [replace(tiny, error=1e-11, share=1e-5)]).output


def test_a_case_is_the_same_on_another_device(call):
    assert call([PASSED], [replace(PASSED, device="cuda")]).exit_code == 0


def test_no_long_list_fills_the_screen(call):
    many = [replace(PASSED, case=str(number)) for number in range(compare.LISTED + 7)]
    answer = call(many, [])
    assert "... and 7 more" in answer.output and len(answer.output.splitlines()) < 60


@pytest.mark.parametrize("text", ["", "{}", '{"cases": [{}]}', '{"cases": 3}', "[]"])
def test_another_file_is_refused_by_name(tmp_path, text):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=r"bad\.json: no results of `crosscheck parity --json`"):
        compare.read(tmp_path / "bad.json")
    answer = CliRunner().invoke(command.app, ["--compare", *[str(tmp_path / "bad.json")] * 2])
    assert answer.exit_code == 2


def test_a_missing_file_is_refused(tmp_path):
    words = "--compare", *[str(tmp_path / "missing")] * 2
    assert CliRunner().invoke(command.app, words).exit_code == 2
