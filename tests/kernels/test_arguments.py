"""The checks that all families share name the argument, its value and what was expected."""

import re

import numpy as np
import pytest

from crosscheck.kernels import arguments


@pytest.mark.parametrize(
    "value, error, message",
    [
        (0, ValueError, "op: stride is 0; expected an integer of at least 1"),
        ((1, 0), ValueError, "op: stride is (1, 0); expected integers of at least 1"),
        (1.5, TypeError, "op: stride is 1.5; expected an integer of at least 1"),
        (True, TypeError, "op: stride is True; expected an integer of at least 1"),
        ("2", TypeError, "op: stride is '2'; expected an integer of at least 1"),
        ((1, 2, 3), ValueError, "op: stride is (1, 2, 3); expected one integer or a pair"),
        ((), ValueError, "op: stride is (); expected one integer or a pair of integers"),
    ],
)
def test_pair_rejects(value, error, message):
    with pytest.raises(error, match=re.escape(message)):
        arguments.pair("op", "stride", value, 1)


@pytest.mark.parametrize("value", [3, (3,), [3], (3, 3), np.int64(3)])
def test_pair_takes_what_pytorch_takes(value):
    assert arguments.pair("op", "stride", value, 1) == (3, 3)


@pytest.mark.parametrize(
    "value, error, message",
    [
        ([[1.0]], TypeError, "op: x is 'builtins.list'; expected a NumPy or CuPy array"),
        (np.zeros((2, 2), np.int32), TypeError, "op: x.dtype is 'int32'; expected float32 or"),
        (np.zeros((2, 2), ">f4"), TypeError, "op: x.dtype is '>f4'; expected float32 or float64"),
        (np.zeros(2), ValueError, "op: x.shape is (2,); expected 2 or 3 dimensions"),
    ],
)
def test_array_rejects(value, error, message):
    with pytest.raises(error, match=re.escape(message)):
        arguments.array("op", "x", value, (2, 3))


def test_alike_names_the_odd_one():
    x, y = np.zeros(1), np.zeros(1, np.float32)
    with pytest.raises(TypeError, match=r"op: y.dtype is 'float32'; expected float64, .* of x"):
        arguments.alike("op", x=x, bias=None, y=y)


@pytest.mark.parametrize(
    "value, error, message",
    [
        (None, TypeError, "op: y is 'builtins.NoneType'; expected a NumPy or CuPy array"),
        (
            np.zeros((2, 3), np.float32),
            TypeError,
            "op: y.dtype is 'float32'; expected float64, the",
        ),
        (np.zeros((3, 2)), ValueError, "op: y.shape is (3, 2); expected (2, 3)"),
        (np.zeros(6), ValueError, "op: y.shape is (6,); expected (2, 3)"),
    ],
)
def test_matching_rejects(value, error, message):
    like = np.zeros(1)
    with pytest.raises(error, match=re.escape(message)):
        arguments.matching("op", "y", value, (2, 3), x=like)
    good = np.zeros((2, 3))
    assert arguments.matching("op", "y", good, (2, 3), x=like) is good


def test_output_is_allocated_or_checked():
    like = np.zeros(3, np.float32)
    new = arguments.output("op", None, (2, 4), np.float32, like)
    assert new.shape == (2, 4) and new.dtype == np.float32
    strided = np.zeros((4, 2), np.float32).T
    assert arguments.output("op", strided, (2, 4), np.float32, like) is strided
    with pytest.raises(ValueError, match=r"op: out.shape is \(2, 4\); expected \(4, 2\)"):
        arguments.output("op", strided, (4, 2), np.float32, like)
    strided.flags.writeable = False
    with pytest.raises(ValueError, match=r"op: out.flags.writeable is False; expected True"):
        arguments.output("op", strided, (2, 4), np.float32, like)
