"""Add and multiply against PyTorch, over broadcasts and memory layouts."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.elementwise import add, mul
from crosscheck.kernels.launch import sanitized, wide_index

PAIRS = [
    ((), ()),
    ((5,), ()),
    ((), (2, 3)),
    ((2, 3, 4, 5), (2, 3, 4, 5)),
    ((2, 3, 4, 5), (3, 1, 1)),
    ((1, 3, 1, 5), (2, 1, 4, 1)),
    ((4, 1), (3, 1, 5)),
    ((2, 0, 3), (1, 3)),
    ((0,), (1,)),
    ((2, 1, 2, 1, 2, 1), (1, 3, 1, 3, 1, 3)),  # six axes, none of which fold
    ((300, 7), (7,)),
]
pairs = pytest.mark.parametrize(("a", "b"), PAIRS, ids=str)


def flip(x):
    """Return a view with every axis reversed; np.flip makes a scalar of an array without axes."""
    return x[(..., *x.ndim * (slice(None, None, -1),))]


LAYOUTS = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.T.copy().T,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x,
    "reversed": lambda x: flip(flip(x).copy()),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def integers(shape, seed, dtype=np.float64):
    return np.array(np.random.default_rng(seed).integers(-8, 9, shape)).astype(dtype)


def torchs(function, a, b, dy):
    a, b = (torch.from_numpy(each.copy()).requires_grad_() for each in (a, b))
    y = function(a, b)
    y.backward(torch.from_numpy(dy.copy()))
    return y.detach().numpy(), a.grad.numpy(), b.grad.numpy()


def ours(name, a, b, dy):
    if name == "add":
        return (
            add.forward(a, b, 3),
            add.input_gradient(dy, a.shape),
            add.other_gradient(dy, b.shape, 3),
        )
    return (
        mul.forward(a, b),
        mul.input_gradient(dy, b, a.shape),
        mul.other_gradient(dy, a, b.shape),
    )


TORCH = {"add": lambda a, b: torch.add(a, b, alpha=3), "mul": torch.mul}
names = pytest.mark.parametrize("name", TORCH)


@names
@pairs
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_torchs(name, a, b, dtype):
    a, b = integers(a, 0, dtype), integers(b, 1, dtype)
    dy = integers(np.broadcast_shapes(a.shape, b.shape), 2, dtype)
    for actual, expected in zip(ours(name, a, b, dy), torchs(TORCH[name], a, b, dy), strict=True):
        np.testing.assert_array_equal(actual, expected, strict=True)


@names
@pairs
@layouts
def test_any_layout(name, a, b, layout):
    a, b = integers(a, 0), integers(b, 1)
    dy = integers(np.broadcast_shapes(a.shape, b.shape), 2)
    expected = torchs(TORCH[name], a, b, dy)
    for mine, theirs in zip(ours(name, *map(layout, (a, b, dy))), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs, strict=True)


@names
@pairs
@layouts
def test_every_element_of_any_out_is_written(name, a, b, layout):
    a, b = integers(a, 0), integers(b, 1)
    dy = integers(np.broadcast_shapes(a.shape, b.shape), 2)
    y, da, db = torchs(TORCH[name], a, b, dy)
    if layout is LAYOUTS["read-only"]:
        with pytest.raises(ValueError, match="out.flags.writeable is False"):
            add.forward(a, b, out=layout(np.zeros_like(y)))
        return
    outs = [layout(np.full_like(each, np.nan)) for each in (y, da, db)]
    if name == "add":
        assert add.forward(a, b, 3, out=outs[0]) is outs[0]
        assert add.input_gradient(dy, a.shape, out=outs[1]) is outs[1]
        assert add.other_gradient(dy, b.shape, 3, out=outs[2]) is outs[2]
    else:
        assert mul.forward(a, b, out=outs[0]) is outs[0]
        assert mul.input_gradient(dy, b, a.shape, out=outs[1]) is outs[1]
        assert mul.other_gradient(dy, a, b.shape, out=outs[2]) is outs[2]
    for mine, theirs in zip(outs, (y, da, db), strict=True):
        np.testing.assert_array_equal(mine, theirs, strict=True)


@names
@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(name, mode):
    a, b, dy = integers((2, 3, 40), 0), integers((3, 1), 1), integers((2, 3, 40), 2)
    with mode():
        results = ours(name, a, b, dy)
    for mine, theirs in zip(results, torchs(TORCH[name], a, b, dy), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@names
def test_memory_order_is_kept_and_the_gradient_is_its_own_array(name):
    a = integers((2, 3, 4, 5), 0).transpose(0, 3, 1, 2)
    y, da, _ = ours(name, a, integers((), 1), a)
    assert y.strides == a.strides == da.strides
    assert not np.shares_memory(da, a)


def test_out_may_be_an_input():
    a, b = integers((2, 3), 0), integers((2, 3), 1)
    expected = a + b
    assert add.forward(a, b, out=a) is a
    np.testing.assert_array_equal(a, expected)


A = np.zeros((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: add.forward(A, A[:, :2]), ValueError, "add: other.shape is (2, 2); expected a sh"),
        (lambda: add.forward(A, A.astype("f4")), TypeError, "add: other.dtype is 'float32'"),
        (
            lambda: add.forward(A, 1.0),
            TypeError,
            "add: other is 'builtins.float'; expected a NumPy",
        ),
        (lambda: mul.forward(A, A.astype(int)), TypeError, "mul: other.dtype is 'int64'"),
        (lambda: add.forward(A, A, out=A[:1]), ValueError, "add: out.shape is (1, 3); expected (2"),
        (lambda: add.forward(A, A, algorithm="x"), ValueError, "add: algorithm is 'x'"),
        (
            lambda: add.input_gradient(A, (3, 2)),
            ValueError,
            "add input_gradient: input_size is (3, 2); expected",
        ),
        (
            lambda: add.other_gradient(A, (1, 2, 3)),
            ValueError,
            "add other_gradient: other_size is (1, 2, 3); exp",
        ),
        (
            lambda: mul.input_gradient(A[0], A, (3,)),
            ValueError,
            "mul input_gradient: grad_output.shape is (3,); expected a shape (2, 3) broadcasts to",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


def test_a_gradient_is_scaled_before_it_is_summed():
    largest = np.finfo(np.float32).max
    dy = np.float32([[largest, -1], [largest, -2]])
    np.testing.assert_array_equal(add.other_gradient(dy, (2,), 0.25), [largest / 2, -0.75])
    zeros = add.other_gradient(dy, (2,), 0)
    assert (zeros == 0).all() and not np.signbit(zeros).any()
