"""batch_norm with special values: which of PyTorch's backends is right, and what may overflow."""

import numpy as np

from crosscheck.parity import expected, reference
from crosscheck.parity.case import Case
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.operators.batch_norm import special

X = np.array([[1.0, 2.0, -3.0], [-1.0, 4.0, 5.0]])
INPUTS = {
    "input": X,
    "running_mean": np.array([0.0, 3.0, 5.0]),
    "running_var": np.array([1.0, 2.0, 3.0]),
    "weight": np.array([np.inf, -np.inf, 2.0]),
    "bias": np.zeros(3),
}


def test_an_infinite_weight_gives_the_infinities_of_the_gpu_and_leaves_the_rest():
    output = reference.run("batch_norm", INPUTS, None, {"training": False}, "float64")["forward"]
    np.testing.assert_array_equal(output[:, :2], [[np.inf, np.inf], [-np.inf, -np.inf]])
    assert np.isfinite(output[:, 2]).all()
    assert special.gpu_results({**INPUTS, "input": X[:0]}, {}, {"forward": X[:0]}) == {}


def test_without_an_infinite_weight_nothing_is_replaced():
    inputs = {**INPUTS, "weight": np.array([1.0, -2.0, 0.0])}
    theirs = reference.run("batch_norm", inputs, None, {"training": False}, "float64")
    replaced = special.gpu_results(inputs, {}, theirs)
    np.testing.assert_array_equal(replaced["forward"], theirs["forward"])


def test_a_channel_whose_squares_overflow_is_not_compared_and_others_are():
    x = np.array([[1e30, 1.0], [-1e30, 2.0], [3.0, 3.0]])
    case = Case("batch_norm", "s", "n", "r", {"input": x}, {"training": True}, special={"x": "inf"})
    for dtype, unsafe in (("float32", True), ("float64", False)):
        found = expected.of(case, dtype).intermediates["input_gradient"]
        assert np.isinf(found[:, 0]).all() == unsafe and np.isfinite(found[:, 1]).all()


def test_an_infinite_variance_leaves_the_bias():
    variance = np.array([np.inf, 2.0, 3.0])
    inputs = {**INPUTS, "running_var": variance, "weight": np.ones(3), "bias": np.full(3, 0.5)}
    found = expected.of(Case("batch_norm", "s", "n", "r", inputs), "float32")
    assert OPERATORS["batch_norm"].constants == ("running_mean", "running_var")
    assert (found.real.exact["forward"][:, 0] == 0.5).all()
    assert (found.bounds["forward"][:, 0] < 1e-6).all()
