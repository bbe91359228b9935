"""Cross entropy with its row in registers: what it computes, in any mode, and what it refuses."""

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.loss import cross_entropy


def drawn(classes, seed, rows=3):
    return np.random.default_rng(seed).random((rows, classes)).astype(np.float32)


def results(classes, probable, algorithm):
    """Return the loss and all gradients, with weights and smoothing."""
    x, w = drawn(classes, 0), drawn(classes, 1)[0]
    target = drawn(classes, 2) if probable else np.array([0, classes - 1, -100])
    given = dict(weight=w, reduction="none", label_smoothing=0.2, algorithm=algorithm)
    dy = drawn(3, 3)[0]
    found = [
        cross_entropy.forward(x, target, **given),
        cross_entropy.input_gradient(dy, x, target, **given),
    ]
    if probable:
        found.append(cross_entropy.target_gradient(dy, x, target, **given))
    return found


@pytest.mark.parametrize("probable", [False, True])
@pytest.mark.parametrize("classes", [3, 600, 1025])  # 600: two rows, of 32 * 16 each, go to a block
def test_it_computes_what_direct_does(classes, probable):
    found = results(classes, probable, "one_pass")
    for one, expected in zip(found, results(classes, probable, "direct"), strict=True):
        np.testing.assert_allclose(one, expected, 1e-4, 1e-6)


@pytest.mark.parametrize("mode", [sanitized, wide_index, lambda: modes.using(seed=1)])
def test_modes_change_no_bit(mode):
    expected = results(45, False, "one_pass")
    with mode():
        found = results(45, False, "one_pass")
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_rows_too_long_or_not_of_neighbours_are_refused():
    x = drawn(4097, 0)
    with pytest.raises(Unsupported, match="rows have 4097 elements; expected at most 4096"):
        cross_entropy.forward(x, np.array([0, 1, 2]), algorithm="one_pass")
    with pytest.raises(Unsupported, match="elements are 4 apart; expected neighbours"):
        cross_entropy.forward(np.zeros((1, 3, 4)), np.zeros((1, 4), np.int64), algorithm="one_pass")
