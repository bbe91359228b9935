"""A second call of a kind is not checked again, unless the answer could be another."""

from collections.abc import Sequence

import numpy as np
import pytest

from crosscheck.kernels import call
from crosscheck.kernels.activation.relu import RELU, forward, input_gradient
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import CONV2D
from crosscheck.kernels.convolution import forward as conv2d
from crosscheck.kernels.loss import cross_entropy
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Output, Plan

X, W = np.ones((1, 2, 5, 5), np.float32), np.ones((3, 2, 3, 3), np.float32)


@pytest.fixture(autouse=True)
def nothing_known():
    for operator in (RELU, CONV2D):
        operator.forget()
    yield
    for operator in (RELU, CONV2D):
        operator.forget()


@pytest.fixture
def checked(monkeypatch):
    """Return a list to which each call that is checked adds its direction."""
    seen = []

    class Counted(call.Call):
        def __init__(self, operator, direction, *rest):
            seen.append(operator.label(direction.name))
            super().__init__(operator, direction, *rest)

    monkeypatch.setattr("crosscheck.kernels.operator.Call", Counted)
    return seen


def test_calls_of_a_kind_are_checked_once(checked):
    for scale in (1, 2):
        y = conv2d(scale * X, W, padding=1)
        assert y[0, 0, 2, 2] == 18 * scale
    assert checked == ["conv2d"]


@pytest.mark.parametrize("padding", [(0, 1), [0, 1], "same", 0])
def test_options_count_with_their_values(padding, checked):
    conv2d(X, W, padding=1)
    conv2d(X, W, padding=padding)
    assert len(checked) == 2


@pytest.mark.parametrize("stride", [True, 1.0, (1, True), [1, 1.0]])
def test_a_good_call_does_not_vouch_for_one_that_looks_the_same(stride):
    conv2d(X, W, stride=1)
    conv2d(X, W, stride=(1, 1))
    conv2d(X, W, stride=[1, 1])
    with pytest.raises(TypeError, match="conv2d: stride is .* expected"):
        conv2d(X, W, stride=stride)


def test_a_bad_call_is_bad_each_time():
    for _ in range(2):
        with pytest.raises(ValueError, match="conv2d: stride is 0"):
            conv2d(X, W, stride=0)


def test_an_array_that_became_read_only_is_refused():
    x, out = np.ones(3, np.float32), np.ones(3, np.float32)
    forward(x, out=out)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="relu: out.flags.writeable is False"):
        forward(x, out=out)


def test_values_in_arrays_are_looked_at_each_time():
    logits = np.zeros((2, 3), np.float32)
    cross_entropy.forward(logits, np.array([0, 2]))
    with pytest.raises(IndexError, match="target is 3"):
        cross_entropy.forward(logits, np.array([0, 3]))


def test_an_output_given_or_not_are_two_kinds(checked):
    out = np.full((1, 3, 3, 3), np.nan, np.float32)
    y = conv2d(X, W)
    assert conv2d(X, W, out=out) is out and (out == y).all() and y is not out
    with pytest.raises(ValueError, match="conv2d: out.shape"):
        conv2d(X, W, out=out[:, :2])
    assert len(checked) == 3


def _add_up(numbers, x, out):
    out[...] = x + sum(numbers)


PLUS = Operator("plus", {"plus": table(Algorithm("direct", _add_up))}, lambda dtype: iter(()))


@PLUS.direction(lambda op, input, numbers: Plan(numbers, [Output(input)]))
def plus(input: Array, numbers: Sequence[int], *, algorithm=None, out: Array | None = None):
    return PLUS.run("plus", algorithm, out, input, numbers)


def test_a_list_that_changes_afterwards_does_not_change_what_is_known():
    x, numbers = np.zeros(2), [1, 2]
    assert plus(x, numbers)[0] == 3
    numbers[0] = 5
    assert plus(x, numbers)[0] == 7 and plus(x, [1, 2])[0] == 3


def test_memory_order_is_part_of_the_kind():
    x = np.arange(-6, 6, dtype=np.float32).reshape(3, 4)
    for each in (x, x.T, x[:, ::2]):
        for _ in range(2):
            y = forward(each)
            assert (y == np.maximum(each, 0)).all()
            assert (input_gradient(np.ones_like(y), y) == (each > 0)).all()
    assert forward(x.T).strides == x.T.strides


def test_forgetting_makes_the_next_call_be_checked(checked):
    conv2d(X, W)
    CONV2D.forget()
    conv2d(X, W)
    assert len(checked) == 2


def test_an_algorithm_may_ask_for_the_call_as_its_caller_made_it(monkeypatch):
    seen = []
    own = Algorithm("own", lambda *given: seen.append(given), as_called=True)
    monkeypatch.setitem(CONV2D.algorithms["forward"], "own", own)
    image, out = X[0], np.empty((3, 3, 3), np.float32)
    conv2d(image, W, padding="valid", algorithm="own", out=out)
    ((problem, values, outputs),) = seen
    assert problem.batched is False and list(outputs) == ["out"] and outputs["out"] is out
    assert values["input"] is image and values["bias"] is None and values["padding"] == "valid"
    conv2d(X[:0], W, algorithm="own")  # nothing to write
    assert len(seen) == 1
