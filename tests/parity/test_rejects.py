"""What a rejection is: before any launch, but for values that only a kernel can look at."""

from contextlib import nullcontext

import numpy as np
import pytest

from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.loss.cross_entropy import cross_entropy
from crosscheck.parity.case import Case
from crosscheck.parity.rejects import check_rejects


def result(target):
    inputs = {"input": np.zeros((2, 3), np.float32), "target": np.array(target)}
    case = Case("cross_entropy", "quick", "bad", "", inputs, {}, rejects="a bad class")
    return check_rejects(case, "float32", "cpu")


@pytest.fixture
def by_kernel(monkeypatch):
    """Let a kernel look at the classes, as on a GPU."""
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)
    monkeypatch.setattr(deferred, "_notes", {})


@pytest.mark.parametrize("target", [[3, 0], [0, -1]])
def test_a_kernel_that_finds_it_rejects_it(target, by_kernel):
    assert result(target).ok


def test_a_kernel_that_is_not_waited_for_rejects_nothing(by_kernel, monkeypatch):
    monkeypatch.setattr(deferred, "synchronous", nullcontext)
    assert result([3, 0]).message == "a kernel was launched on a bad class"


def test_another_kernel_may_not_run(monkeypatch):
    monkeypatch.setattr(cross_entropy.problem, "check_classes", lambda *_: None)
    cross_entropy.CROSS_ENTROPY.forget()
    assert result([3, 0]).message == "a kernel was launched on a bad class"
    cross_entropy.CROSS_ENTROPY.forget()


def test_what_pytorch_takes_is_a_mistake_of_the_case():
    assert result([0, 2]).message == "PyTorch accepts this input"
