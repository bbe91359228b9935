import numpy as np
import pytest

from crosscheck.parity.bounds import UNIT_ROUNDOFF
from crosscheck.parity.training.drift import FACTOR, FLOAT64, distance, drifts

U = UNIT_ROUNDOFF["float32"]


def run(*weights, loss=1.0):
    return iter([(loss, {"w": np.array(each)}) for each in weights])


def of_w(found):
    return [each for each in found if each.name == "w"]


def test_a_distance_is_relative_to_the_largest_magnitude():
    assert distance(np.array([1.0, -8.0]), np.array([3.0, -8.0])) == 0.25
    assert distance(np.zeros(3), np.zeros(3)) == 0
    assert distance(np.full(3, 0.5), np.zeros(3)) == 0.5
    assert distance(2.5, 2.0) == 0.25


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_infinitely_far(wrong):
    assert distance(np.array([wrong, 1.0]), np.ones(2)) == np.inf
    assert distance(np.ones(2), np.array([wrong, 1.0])) == np.inf
    assert distance(np.ones(2), np.ones((2, 1))) == np.inf


def test_in_float64_the_limit_is_the_same_at_every_step():
    found = list(drifts(run([1.0], [1.0]), run([1.0], [1.0 + 2e-10]), None))
    assert [(each.step, each.name) for each in found] == [
        (1, "loss"),
        (1, "w"),
        (2, "loss"),
        (2, "w"),
    ]
    assert {each.limit for each in found} == {FLOAT64}
    assert [each.share > 1 for each in found] == [False, False, False, True]


def test_in_float32_the_limit_is_the_furthest_that_torch_ever_is():
    truth, ours = run(*[[1.0]] * 3), run(*[[1.0]] * 3)
    found = of_w(drifts(truth, ours, run([1.0], [1.5], [1.25])))
    assert [each.limit for each in found] == [FACTOR * 0.5] * 3
    assert [each.theirs for each in found] == [0, 0.5, 0.25]


def test_each_array_has_its_own_limit():
    truth, ours = run([1.0]), run([1.5])
    far = of_w(drifts(truth, ours, run([1.0], loss=2.0)))[0]
    assert far.limit == FACTOR * U and far.share > 1


def test_runs_of_other_lengths_or_other_parameters_are_refused():
    with pytest.raises(ValueError):
        list(drifts(run([1.0]), run([1.0], [1.0]), None))
    other = iter([(1.0, {"v": np.ones(1)})])
    with pytest.raises(ValueError, match="only one of the models has: v, w"):
        list(drifts(run([1.0]), other, None))
