"""Schedules: prepared once for arrays of a kind, again for others, and never for an old kernel."""

import numpy as np
import pytest

from crosscheck.kernels import candidates, convolution
from crosscheck.kernels.convolution import CONV2D
from crosscheck.kernels.inspect.launches import launched
from crosscheck.kernels.schedule import Kept, Scheduled


def aligned(shift=0):
    """Ones that begin `shift` elements behind a multiple of 16 bytes."""
    memory = np.zeros(64, np.float32)
    first = -memory.ctypes.data // 4 % 4 + shift
    return memory[first : first + 32]


@pytest.fixture
def made():
    """A run that notes for what it is prepared and with what it is launched."""
    seen = []

    def make(problem, *arrays):
        seen.append(("made", problem))
        return lambda *arrays: seen.append(("run", *(each[0] for each in arrays)))

    return Scheduled(make), seen


def test_a_schedule_is_made_once_for_what_is_aligned_alike(made):
    run, seen = made
    kept = Kept(run, "problem")
    for shift in (0, 0, 1, 2, 0):
        kept(aligned(shift), aligned())
    runs = [each[0] for each in seen]
    assert runs == ["made", "run", "run", "made", "run", "run", "run"]


def test_called_by_itself_nothing_is_kept(made):
    run, seen = made
    for _ in range(2):
        run("problem", aligned())
    assert [each[0] for each in seen] == ["made", "run"] * 2


def test_in_turns_nothing_is_kept(made):
    run, seen = made
    kept = Kept(run, "problem")
    kept(aligned())
    for turn in candidates.each(lambda: kept(aligned())):
        turn()
    assert [each[0] for each in seen] == ["made", "run"] * 2


X, W = np.ones((2, 8, 6, 6), np.float32), np.ones((8, 8, 3, 3), np.float32)
DIRECTIONS = {
    "forward": lambda **how: convolution.forward(X, W, **how),
    "input_gradient": lambda **how: convolution.input_gradient(X.shape, W, DY, **how),
    "weight_gradient": lambda **how: convolution.weight_gradient(X, W.shape, DY, **how),
}
DY = np.ones((2, 8, 4, 4), np.float32)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_call_that_was_recorded_launches_afterwards(direction):
    call = DIRECTIONS[direction]
    CONV2D.forget()
    assert launched(lambda: call(algorithm="blocked"))
    for _ in range(2):
        np.testing.assert_array_equal(call(algorithm="blocked"), call(algorithm="direct"))
    CONV2D.forget()


def test_values_and_outputs_are_those_of_each_call():
    out = np.full(DY.shape, np.nan, np.float32)
    for scale in (1, 2, 3):
        y = convolution.forward(scale * X, W, algorithm="blocked", out=out)
        assert y is out and (y == 72 * scale).all()
        again = convolution.forward(X, scale * W, algorithm="blocked")
        assert again is not out and (again == 72 * scale).all()
