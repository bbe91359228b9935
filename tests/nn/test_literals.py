"""`nn.tensor` of numbers and nested lists: the dtypes, shapes and values are PyTorch's."""

import numpy as np
import pytest
import torch

from crosscheck import nn

TAKEN = [
    3,
    2**40,
    2.5,
    True,
    [],
    [[], []],
    [1, 2],
    (1.0, 2.0),
    range(3),
    [True, False],
    [True, 2],
    [True, 2.5],
    [[1, 2], [3, 4.5]],
    [[[1]], [[2]]],
    np.float64(1),
    np.float32(1),
    np.uint8(3),
    [np.float64(1)],
    [np.float32(1), np.float64(2)],
    [1.5, np.float64(2)],
    [1.5, np.float16(2)],
    [3, np.float16(2)],
    [1, np.int32(2)],
    [np.int8(-1), np.uint8(200)],
    [np.arange(2), np.arange(2.0)],
]


@pytest.mark.filterwarnings("ignore:Creating a tensor from a list of numpy")
@pytest.mark.parametrize("data", TAKEN, ids=repr)
def test_numbers_become_what_torch_makes_of_them(data):
    ours, theirs = nn.tensor(data).numpy(), torch.tensor(data).numpy()
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs, strict=True)


def test_floats_may_require_a_gradient_and_integers_may_not():
    x = nn.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    assert x.grad.numpy().tolist() == [2, 4]
    with pytest.raises(RuntimeError, match="array.dtype is 'int64'; expected float32, float64, fl"):
        nn.tensor([1, 2], requires_grad=True)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (None, TypeError, "array is 'NoneType'; expected a NumPy or CuPy array, a number, or nes"),
        ("12", TypeError, "array is 'str'"),
        ([1, ["2"]], TypeError, r"array\[1\]\[0\] is 'str'"),
        ({1: 2}, TypeError, "array is 'dict'"),
        (2j, TypeError, "array is 'complex'"),
        (torch.ones(1), TypeError, "array is 'Tensor'"),
        ([[1], [2, 3]], ValueError, r"array is \[\[1\], \[2, 3\]\]; expected nested sequences of"),
        ([1, [2]], ValueError, r"array is \[1, \[2\]\]; expected nested sequences of"),
        (2**70, ValueError, "array is 1180591620717411303424; expected numbers that int64 can"),
    ],
)
def test_anything_else_is_named(data, error, message):
    with pytest.raises(error, match=f"^tensor: {message}"):
        nn.tensor(data)
