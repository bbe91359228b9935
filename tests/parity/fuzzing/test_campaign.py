"""The campaign: what it draws, counts, keeps and shrinks; when it ends. Its workers are fake."""

import threading
import time
from dataclasses import replace

import pytest

from crosscheck.parity.fuzzing import campaign
from crosscheck.parity.fuzzing.campaign import Campaign
from crosscheck.parity.result import Result
from crosscheck.parity.suites.fuzz import COUNT
from crosscheck.parity.worker import Options, Outcome

FAILED = Result("relu", "forward", "direct", "float32", "cpu", "fuzz", "", ok=False)
PASSED = Outcome(4 * (replace(FAILED, ok=True),))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a campaign to its end whose workers answer with `check(case)`; return it and its file."""

    def prepare(check, **options):
        class Fake:
            def __init__(self, options, limit):
                pass

            def check(self, case, dtype=None):
                return check(case)

            def close(self):
                pass

        monkeypatch.setattr(campaign, "Worker", Fake)
        file = tmp_path / "failures.txt"
        made = Campaign(5, Options(), file=file, **options)
        made.start()
        assert made.wait(60)
        return made, file

    return prepare


def failing(case, message="TypingError: 12", repro="the line"):
    result = replace(FAILED, op=case.op, case=case.name, message=message, repro=repro)
    return Outcome((result, *PASSED.results[1:]))


def test_problems_and_results_are_counted_over_seeds(run):
    names = []
    count = COUNT + 100
    made, file = run(lambda case: names.append(case.repro) or PASSED, count=count)
    assert (made.problems, made.results, made.failed) == (count, 4 * count, 0)
    assert (made.first, made.seed) == (5, 6) and not file.exists()
    assert len(set(names)) == count


def test_one_operator_is_drawn_alone(run):
    ops = set()
    run(lambda case: ops.add(case.op) or PASSED, count=30, op="mean")
    assert ops == {"mean"}


def test_it_ends_when_the_time_is_up(run):
    made, _ = run(lambda case: time.sleep(0.01) or PASSED, seconds=0.3)
    assert 0.3 <= made.elapsed and made.problems > 0


def test_every_failing_line_is_kept_and_the_first_of_a_kind_are_shrunk(run):
    shown = []

    def check(case):
        bad = case.inputs["input"][:1] >= (2,)
        return failing(case, repro=case.repro) if bad else PASSED

    made, file = run(check, op="relu", count=200, show=shown.append)
    lines = file.read_text().splitlines()
    found = [each for each in lines if "--seed" in each]
    assert made.failed == len(found) == len(set(found)) > campaign.SHRUNK
    assert len(shown) == campaign.SHRUNK
    assert all("relu(input=(2,))" in each.smallest.repro for each in shown)
    assert sum("smallest form" in each for each in lines) == campaign.SHRUNK


def test_another_kind_is_shrunk_too(run):
    kinds = []

    def check(case):
        return failing(case, message=f"{'a' if case.layout == 'strided' else 'b'}: 3")

    run(check, count=60, op="relu", show=lambda each: kinds.append(each.found.message))
    assert {"a: 3", "b: 3"} == set(kinds)


def test_a_random_problem_that_torch_refuses_is_a_failure(run):
    made, file = run(lambda case: Outcome(refused="PyTorch refuses it"), count=1)
    assert made.failed == 1 and "--seed 5 --case 0" in file.read_text()


def test_an_error_of_the_suite_itself_ends_it_and_is_kept(run):
    def check(case):
        raise ZeroDivisionError

    made, _ = run(check)
    assert isinstance(made.error, ZeroDivisionError)


def test_stop_ends_it_at_once_and_counts_nothing_more(monkeypatch, tmp_path):
    closed = threading.Event()

    class Endless:
        def __init__(self, options, limit):
            pass

        def check(self, case, dtype=None):
            closed.wait()
            return failing(case)  # as a worker that was killed

        def close(self):
            closed.set()

    monkeypatch.setattr(campaign, "Worker", Endless)
    made = Campaign(5, Options(), file=tmp_path / "failures.txt")
    made.start()
    assert not made.wait(0.1)
    made.stop()
    assert made.wait(60) and made.failed == 0 and not (tmp_path / "failures.txt").exists()
