"""The checks that all families share name the argument, its value and what was expected."""

import re

import numpy as np
import pytest

from crosscheck.kernels import arguments
from crosscheck.kernels.arrays import facts
from crosscheck.kernels.dtypes import SHORT


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
        (5, TypeError, "op: x_size is 5; expected a sequence of integers of at least 0"),
        ("23", TypeError, "op: x_size is '23'; expected a sequence of integers"),
        ((2, -3), ValueError, "op: x_size[1] is -3; expected an integer of at least 0"),
        ((2, 3.0), TypeError, "op: x_size[1] is 3.0; expected an integer of at least 0"),
    ],
)
def test_size_rejects(value, error, message):
    with pytest.raises(error, match=re.escape(message)):
        arguments.size("op", "x_size", value)
    assert arguments.size("op", "x_size", [2, np.int64(3)]) == (2, 3)


def test_rank_rejects():
    arguments.rank("op", "x.shape", (2, 3), (2, 3))
    with pytest.raises(ValueError, match=r"op: x.shape is \(2,\); expected 2 or 3 dimensions"):
        arguments.rank("op", "x.shape", (2,), (2, 3))


@pytest.mark.parametrize(
    "dtype, message",
    [
        (
            np.dtype(np.int32),
            "op: x.dtype is 'int32'; expected float32, float64, float16 or bfloat16",
        ),
        (np.dtype(">f4"), "op: x.dtype is '>f4'; expected float32, float64, float16 or bfloat16"),
    ],
)
def test_dtype_rejects(dtype, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        arguments.dtype("op", "x", dtype)


def test_what_is_no_array_is_called_by_its_type():
    assert facts([[1.0]]) is None
    with pytest.raises(TypeError, match="op: x is 'builtins.list'; expected a NumPy or CuPy array"):
        arguments.no_array("op", "x", list)


def known(**arrays):
    return {name: facts(array) for name, array in arrays.items()}


def test_alike_names_the_odd_one():
    x, y = np.zeros(1), np.zeros(1, np.float32)
    with pytest.raises(TypeError, match=r"op: y.dtype is 'float32'; expected float64, .* of x"):
        arguments.alike("op", known(x=x, y=y))
    with pytest.raises(TypeError, match=r"op: dy.dtype is 'float32'; .* float64, .* of input"):
        arguments.alike("op", known(dy=y, input=x))


@pytest.mark.parametrize("dtype", SHORT)
def test_alike_knows_what_is_float32_beside_16_bits(dtype):
    short, real = np.zeros(1, dtype), np.zeros(1, np.float32)
    names = ({}, ("mean",), ("weight",))
    for weight in (short, real):
        given = known(weight=weight, mean=real, input=short)
        assert arguments.alike("op", given, *names).dtype == dtype
    name = np.dtype(dtype).name
    with pytest.raises(TypeError, match=f"op: mean.dtype is '{name}'; expected float32, beside in"):
        arguments.alike("op", known(input=short, mean=short), *names)
    with pytest.raises(
        TypeError, match=f"weight.dtype is 'float64'; expected {name} or float32, b"
    ):
        arguments.alike("op", known(input=short, weight=np.zeros(1)), *names)
    with pytest.raises(
        TypeError, match=f"weight.dtype is '{name}'; expected float32, the dtype of"
    ):
        arguments.alike("op", known(input=real, weight=short), *names)
    with pytest.raises(
        TypeError, match=f"mean.dtype is '{name}'; expected float32, the dtype of i"
    ):
        arguments.alike("op", known(input=real, mean=short), *names)


def test_alike_takes_the_integers_it_is_told_of():
    arrays = known(indices=np.zeros(1, np.int64), x=np.zeros(1, np.float32))
    assert arguments.alike("op", arrays, {"indices": (np.int64,)}).dtype == np.float32
    with pytest.raises(TypeError, match="op: indices.dtype is 'int64'; expected int32 or uint8"):
        arguments.alike("op", arrays, {"indices": (np.int32, np.uint8)})
    with pytest.raises(TypeError, match="op: indices.dtype is 'int64'; expected float32, fl"):
        arguments.alike("op", arrays)


def test_alike_wants_one_device():
    x = facts(np.zeros(1))
    with pytest.raises(ValueError, match="op: device of y is 'cuda'; expected 'cpu', .* of x"):
        arguments.alike("op", {"x": x, "y": x._replace(device="cuda")})


def test_an_output_may_have_any_strides_but_must_fit():
    strided = np.zeros((4, 2), np.float32).T
    arguments.output("op", "out", strided, (2, 4), np.float32, "cpu")
    with pytest.raises(ValueError, match=r"op: out.shape is \(2, 4\); expected \(4, 2\)"):
        arguments.output("op", "out", strided, (4, 2), np.float32, "cpu")
    with pytest.raises(TypeError, match="op: out.dtype is 'float32'; expected int64"):
        arguments.output("op", "out", strided, (2, 4), np.int64, "cpu")
    with pytest.raises(ValueError, match="op: device of out is 'cpu'; expected 'cuda'"):
        arguments.output("op", "out", strided, (2, 4), np.float32, "cuda")
    with pytest.raises(TypeError, match="op: out is 'builtins.float'; expected a NumPy or CuPy"):
        arguments.output("op", "out", 1.0, (), np.float32, "cpu")
    strided.flags.writeable = False
    with pytest.raises(ValueError, match=r"op: out.flags.writeable is False; expected True"):
        arguments.output("op", "out", strided, (2, 4), np.float32, "cpu")
