"""A worker: what a case does to its process is an outcome, and the next case finds a new one."""

import os
import signal
import threading
import time

import pytest

from crosscheck.parity.fuzzing import literal
from crosscheck.parity.worker import Options, Worker

PASSES = literal.read("sum(input=(2, 0), dim=(1,))")
REFUSED = literal.read("sum(input=(2, 3), dim=(5,))")


@pytest.fixture
def made():
    each = Worker(Options(dtype="float32"))
    yield each
    each.close()


def test_results_are_counted_in_the_dtypes_asked_for(made):
    one = made.check(PASSES)
    other = made.check(PASSES, "float64")
    assert one.failures == other.failures == () and len(one.results) == len(other.results) > 0
    assert {each.dtype for each in one.results} == {"float32"}


def test_a_case_that_torch_refuses_says_why(made):
    outcome = made.check(REFUSED)
    assert outcome.results == () and "PyTorch refuses" in outcome.refused


def test_a_process_that_dies_is_a_failure_and_is_replaced(made):
    made.check(PASSES)
    os.kill(made._running[0].pid, signal.SIGSTOP)  # as a case that takes its time
    fatal = threading.Thread(target=killed_when_asked, args=(made._running[0].pid,))
    fatal.start()
    (failure,) = made.check(PASSES).failures
    fatal.join()
    assert "SIGKILL" in failure.message and PASSES.name in failure.repro
    assert made.check(PASSES).failures == ()


def killed_when_asked(pid):
    time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)


def test_a_case_that_never_ends_is_a_failure(made):
    made.check(PASSES)
    os.kill(made._running[0].pid, signal.SIGSTOP)
    made.limit = 0.2
    (failure,) = made.check(PASSES).failures
    assert "no answer in 0 s" in failure.message
    made.limit = None
    assert made.check(PASSES).failures == ()
