"""Linear layers against NumPy, on sums that are exact, and every way a call can be wrong."""

import numpy as np
import pytest

from crosscheck.kernels import linear
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.reduction.kernels import THREADS

ALGORITHMS = sorted(linear.ALGORITHMS["forward"])


def integers(seed, *shape, dtype=np.float64):
    return np.random.default_rng(seed).integers(-7, 8, shape).astype(dtype)


def dtype_of(algorithm):
    """Return the widest dtype that an algorithm takes."""
    dtypes = linear.ALGORITHMS["forward"][algorithm].dtypes
    return np.float64 if np.float64 in dtypes else np.float32


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("lead", [(), (1,), (16,), (3, 5), (2, 1, 3)])
@pytest.mark.parametrize(("ins", "outs"), [(1, 1), (15, 17), (16, 16), (33, 2), (0, 3)])
def test_every_direction(algorithm, lead, ins, outs):
    shapes = (*lead, ins), (outs, ins), (outs,), (*lead, outs)
    dtype = dtype_of(algorithm)
    x, w, b, dy = (integers(i, *shape, dtype=dtype) for i, shape in enumerate(shapes))
    rows, grads = x.reshape(np.prod(lead, dtype=int), ins), dy.reshape(-1, outs)
    with sanitized():
        y = linear.forward(x, w, b, algorithm=algorithm)
        dx = linear.input_gradient(x.shape, w, dy, algorithm=algorithm)
        dw = linear.weight_gradient(x, w.shape, dy, algorithm=algorithm)
        db = linear.bias_gradient(dy)
    np.testing.assert_array_equal(y, x @ w.T + b, strict=True)
    np.testing.assert_array_equal(dx, dy @ w, strict=True)
    np.testing.assert_array_equal(dw, grads.T @ rows, strict=True)
    np.testing.assert_array_equal(db, grads.sum(0), strict=True)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_any_strides_in_and_out(algorithm):
    dtype = dtype_of(algorithm)
    x = integers(0, 3, 4, 40, dtype=dtype)[:, ::-1, ::2].transpose(1, 0, 2)
    w = integers(1, 20, 18, dtype=dtype).T
    out = np.full((3, 4, 36), np.nan, dtype).transpose(1, 0, 2)[..., ::2]
    before = out.base.copy() if out.base is not None else None
    x, w = x[..., :20], w[:18]
    assert linear.forward(x, w, algorithm=algorithm, out=out) is out
    np.testing.assert_array_equal(out, x @ w.T)
    assert before is not None and np.isnan(before).all()
    assert np.isnan(out.base[..., 1::2]).all()  # the gaps stay as they were


@pytest.mark.parametrize("rows", [0, 1, THREADS - 1, THREADS, THREADS + 1, 3 * THREADS + 5])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_bias_gradient_counts_every_number_once(rows, columns):
    dy = np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)
    with sanitized():
        np.testing.assert_array_equal(linear.bias_gradient(dy), dy.sum(0))


def test_weight_of_one_dimension_gives_dot_products():
    x, w, dy = integers(0, 2, 3, 5), integers(1, 5), integers(2, 2, 3)
    np.testing.assert_array_equal(linear.forward(x, w), x @ w)
    np.testing.assert_array_equal(linear.input_gradient(x.shape, w, dy), dy[..., None] * w)
    expected = np.einsum("ij,ijk->k", dy, x)
    np.testing.assert_array_equal(linear.weight_gradient(x, w.shape, dy), expected)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3)])
def test_no_rows_give_gradients_of_zero(shape):
    x, dy = np.empty(shape), np.empty((*shape[:-1], 4))
    dw, db = np.full((4, 3), np.nan), np.full(4, np.nan)
    linear.weight_gradient(x, (4, 3), dy, out=dw)
    linear.bias_gradient(dy, out=db)
    assert not dw.any() and not db.any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x, w, b: linear.forward(x, w[:, :4], b),
            r"weight.shape is \(3, 4\); expected 5 columns",
        ),
        (lambda x, w, b: linear.forward(x, w, b[:2]), r"bias.shape is \(2,\)"),
        (lambda x, w, b: linear.forward(x, w[0], b), "bias is .* weight of one dimension"),
        (lambda x, w, b: linear.forward(x[0, 0], w, b), "input is 'numpy.float64'"),
        (lambda x, w, b: linear.forward(np.array(1.0), w, b), r"input.shape is \(\)"),
        (lambda x, w, b: linear.forward(x, w[None], b), r"weight.shape is \(1, 3, 5\)"),
        (lambda x, w, b: linear.forward(x, w.astype("f4"), b), "weight.dtype is 'float32'"),
        (lambda x, w, b: linear.forward(x, w, b, algorithm="fft"), "algorithm is 'fft'"),
        (lambda x, w, b: linear.forward(x, w, b, out=np.empty((2, 4))), r"out.shape is \(2, 4\)"),
        (lambda x, w, b: linear.input_gradient((2, 4), w, x), "weight.shape is .* input_size"),
        (lambda x, w, b: linear.input_gradient((2, 5), w, x), r"grad_output.shape is \(2, 5\)"),
        (lambda x, w, b: linear.weight_gradient(x, (3, 5, 1), x), "weight_size is"),
    ],
)
def test_rejects(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(integers(0, 2, 5), integers(1, 3, 5), integers(2, 3))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_indices_of_64_bits_give_the_same_bits(algorithm):
    numbers = (np.random.default_rng(n).standard_normal((20, 20)) for n in (0, 1))
    x, w = (each.astype(dtype_of(algorithm)) for each in numbers)
    dy = x @ w
    narrow = _all(x, w, dy, algorithm)
    with wide_index():
        wide = _all(x, w, dy, algorithm)
    for mine, theirs in zip(narrow, wide, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def _all(x, w, dy, algorithm):
    return (
        linear.forward(x, w, algorithm=algorithm),
        linear.input_gradient(x.shape, w, dy, algorithm=algorithm),
        linear.weight_gradient(x, w.shape, dy, algorithm=algorithm),
        linear.bias_gradient(dy),
    )
