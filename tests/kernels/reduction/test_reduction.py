"""Sum and mean over any axes against PyTorch; small integers, so that sums are exact."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.reduction import kernels, mean, reduce, to_size
from crosscheck.kernels.reduction import sum_ as total

CASES = [
    ((), None),
    ((), -1),
    ((5,), 0),
    ((5,), None),
    ((3, 4), ()),
    ((3, 4), 1),
    ((3, 4), 0),
    ((2, 3, 4, 5), (0, 2, 3)),  # what a bias of channels sums over
    ((2, 3, 4, 5), (0, 2)),
    ((2, 3, 4, 5), (1, 3)),
    ((2, 3, 4, 5), (-1, 0)),
    ((2, 3, 2, 3, 2, 3), (0, 2, 4)),  # three kept axes, three reduced: copied
    ((0, 3), 0),
    ((0, 3), 1),
    ((3, 1200), 1),  # the tree
    ((40, 1100), 1),
    ((2, 2, 600), (0, 2)),
    ((5, 257), None),
]
cases = pytest.mark.parametrize(("shape", "dim"), CASES, ids=str)
operators = pytest.mark.parametrize(
    ("ours", "theirs"), [(total, torch.sum), (mean, torch.mean)], ids=["sum", "mean"]
)
algorithms = pytest.mark.parametrize("algorithm", [None, "direct", "tree"])


def flip(x):
    """Return a view with every axis reversed; np.flip makes a scalar of an array without axes."""
    return x[(..., *x.ndim * (slice(None, None, -1),))]


LAYOUTS = {
    "transposed": lambda x: x.T.copy().T,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x,
    "reversed": lambda x: flip(flip(x).copy()),
    "broadcast": lambda x: np.broadcast_to(x[..., :1], x.shape) if x.ndim else x,
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def integers(shape, seed=0, dtype=np.float64):
    return np.array(np.random.default_rng(seed).integers(-8, 9, shape)).astype(dtype)


def torchs(function, x, dim, keepdim):
    x = torch.from_numpy(x.copy()).requires_grad_()
    y = function(x, dim=dim, keepdim=keepdim)
    dy = integers(y.shape, 1, x.detach().numpy().dtype)
    y.backward(torch.from_numpy(dy))
    return y.detach().numpy(), dy, x.grad.numpy()


def same(actual, expected):
    """Equal up to the last bit of a division: torch multiplies by the inverse here and there."""
    np.testing.assert_allclose(actual, expected, rtol=2 * np.finfo(expected.dtype).eps, strict=True)


@operators
@cases
@algorithms
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_torchs(ours, theirs, shape, dim, algorithm, keepdim, dtype):
    x = integers(shape, dtype=dtype)
    y, dy, dx = torchs(theirs, x, dim, keepdim)
    same(ours.forward(x, dim, keepdim, algorithm=algorithm), y)
    same(ours.input_gradient(dy, x.shape, dim, keepdim), dx)


@operators
@cases
@layouts
@algorithms
def test_any_layout_in_and_out(ours, theirs, shape, dim, layout, algorithm):
    x = layout(integers(shape))
    y, dy, dx = torchs(theirs, x, dim, False)
    same(ours.forward(x, dim, algorithm=algorithm), y)
    writable = layout if layout is not LAYOUTS["broadcast"] else np.copy
    for keepdim in (False, True):
        full = np.full(ours.forward(x, dim, keepdim).shape, np.nan)
        out = writable(full)
        assert ours.forward(x, dim, keepdim, algorithm=algorithm, out=out) is out
        same(out.reshape(y.shape), y)
    same(
        ours.input_gradient(layout(dy) if layout is not LAYOUTS["broadcast"] else dy, shape, dim),
        dx,
    )
    out = writable(np.full(shape, np.nan))
    assert ours.input_gradient(dy, shape, dim, out=out) is out
    same(out, dx)


@operators
@algorithms
@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(ours, theirs, algorithm, mode):
    x = integers((3, 2, 400))
    y, dy, dx = torchs(theirs, x, (0, 2), False)
    with mode():
        same(ours.forward(x, (0, 2), algorithm=algorithm), y)
        same(ours.input_gradient(dy, x.shape, (0, 2)), dx)


def test_inputs_are_not_written():
    x = integers((3, 4))
    kept = x.copy()
    total.forward(x, 1)
    total.input_gradient(x, (3, 4, 5), 2)
    np.testing.assert_array_equal(x, kept)


def test_the_tree_rounds_less():
    x = np.random.default_rng(0).random(1 << 20).astype(np.float32)
    exact = x.astype(np.float64).sum()
    error = {name: abs(total.forward(x, algorithm=name) - exact) for name in ("direct", "tree")}
    assert error["tree"] < error["direct"] / 50
    assert total.forward(x) == total.forward(x, algorithm="tree")


def test_few_elements_an_output_take_the_direct_way(monkeypatch):
    monkeypatch.setattr(reduce, "grid", None)  # which the tree alone asks
    total.forward(integers((3, 4 * kernels.THREADS - 1)), 1)
    total.forward(integers((17, 4 * kernels.THREADS)), 1)


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((2, 3), (3,)),
        ((2, 3), (1, 1)),
        ((2, 3), ()),
        ((2, 3), (2, 3)),
        ((2, 3, 4), (3, 1)),
        ((2, 0, 3), (1, 3)),
        ((1, 3), (3,)),
    ],
)
def test_to_size_is_torchs(shape, size):
    x = integers(shape)
    expected = torch.from_numpy(x).sum_to_size(size).numpy()
    np.testing.assert_array_equal(to_size(x, size), expected, strict=True)
    out = np.full(size, np.nan)
    assert to_size(x, size, out=out) is out
    np.testing.assert_array_equal(out, expected)
    assert not np.shares_memory(to_size(x, size), x)


X = np.zeros((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: total.forward(X, 2), IndexError, "sum: dim is 2; expected a dimension of -2 to 1"),
        (lambda: total.forward(X, (0, -2)), ValueError, "sum: dim is (0, -2); expected each axis"),
        (lambda: total.forward(X, 1.0), TypeError, "sum: dim is 1.0; expected an integer"),
        (lambda: mean.forward(X.astype(int)), TypeError, "mean: input.dtype is 'int64'; expected"),
        (lambda: mean.forward([1.0]), TypeError, "mean: input is 'builtins.list'; expected"),
        (lambda: total.forward(X, 0, out=X), ValueError, "sum: out.shape is (2, 3); expected"),
        (lambda: total.forward(X, algorithm="x"), ValueError, "sum: algorithm is 'x'; expected"),
        (
            lambda: total.input_gradient(X, (2, 3, 4), 0),
            ValueError,
            "sum input_gradient: grad_output.shape",
        ),
        (
            lambda: total.input_gradient(X, (2, -3), ()),
            ValueError,
            "sum input_gradient: input_size[1] is -3",
        ),
        (lambda: to_size(X, (2,)), ValueError, "to_size: size is (2,); expected a shape that"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
