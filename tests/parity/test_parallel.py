"""Runs on several processes give what a run in one gives; here the shares, there real processes."""

import os
import signal

import pytest

from crosscheck.parity import parallel
from crosscheck.parity import run as suites
from crosscheck.parity.case import Case
from crosscheck.parity.parallel import Unit, _Shares, default_jobs
from crosscheck.parity.worker import Options, Worker

RELU, PAD = (
    Case("relu", "s", "n", "r", {"input": (2,)}),
    Case("pad", "s", "n", "r", {"input": (2,)}),
)


def test_two_processes_give_the_results_of_one_in_its_order():
    filters = dict(op="relu", case=None)
    alone = list(suites.run(["quick"], **filters))
    pairs = list(parallel.run(["quick"], Options(), 2, announce=None, **filters))
    numbered = [each for _, each in sorted(pairs, key=lambda pair: pair[0])]
    assert len(numbered) == len(alone) > 50
    for one, other in zip(alone, numbered, strict=True):
        assert {**vars(one), "seconds": 0} == {**vars(other), "seconds": 0}


def test_a_process_that_dies_is_one_failure_and_the_run_goes_on(monkeypatch):
    check, died = Worker.check, []

    def dies_once(self, case, dtype):
        if not died and self._running:
            died.append(case.name)
            os.kill(self._running[0].pid, signal.SIGKILL)
            self._running[0].join()
        return check(self, case, dtype)

    monkeypatch.setattr(Worker, "check", dies_once)
    options = Options(dtype="float32")
    results = [each for _, each in parallel.run(["quick"], options, 2, announce=None, op="relu")]
    (failure,) = [each for each in results if not each.ok]
    assert failure.case == died[0] and "SIGKILL" in failure.message
    assert len({each.case for each in results}) > 10


def test_what_torch_refuses_ends_the_run(monkeypatch):
    case = Case("sum", "quick", "n", "r", {"input": (2, 3)}, {"dim": (5,)})
    monkeypatch.setattr(suites, "cases", lambda *_, **__: [case])
    with pytest.raises(ValueError, match="PyTorch refuses"):
        list(parallel.run(["quick"], Options(), 2, announce=None))


def test_a_process_keeps_to_its_operator_and_then_helps_where_most_is_left():
    units = [Unit(n, RELU, "float32") for n in range(4)] + [Unit(n, PAD, "float32") for n in (4, 5)]
    shares = _Shares(units)
    assert shares.next("one") is units[0] and shares.next("two") is units[4]
    assert shares.next("one") is units[1] and shares.next("two") is units[5]
    assert shares.next("two") is units[2] and shares.next("one") is units[3]
    assert shares.next("one") is None and shares.next("two") is None


def test_a_gpu_and_a_short_run_have_one_process():
    assert default_jobs("cuda", 10**6) == default_jobs("cpu", 100) == 1
    assert default_jobs("cpu", 10**6) == len(os.sched_getaffinity(0))
