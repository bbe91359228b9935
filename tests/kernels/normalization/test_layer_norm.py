"""layer_norm: results in any layout, one element, empty rows, and what it refuses."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.normalization import layer_norm

X, DY = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
W, B = np.random.default_rng(1).standard_normal((2, 4, 5))


def ours(x, dy, w, b, algorithm=None, out=None):
    size = w.shape
    y, *statistics = layer_norm.forward(x, size, w, b, algorithm=algorithm, out=out)
    return (
        y,
        layer_norm.input_gradient(dy, x, *statistics, size, w, algorithm=algorithm),
        layer_norm.weight_gradient(dy, x, *statistics, size),
        layer_norm.bias_gradient(dy, size),
    )


def torchs(x, dy, w, b):
    leaves = [torch.tensor(each, requires_grad=True) for each in (x, w, b)]
    y = torch.nn.functional.layer_norm(leaves[0], w.shape, *leaves[1:])
    y.backward(torch.tensor(dy))
    return y.detach().numpy(), *(each.grad.numpy() for each in leaves)


@pytest.mark.parametrize("algorithm", ["tree", "one_pass"])
@pytest.mark.parametrize("axes", [1, 2])
def test_results_are_torchs_in_any_layout(algorithm, axes):
    w, b = (each if axes == 2 else each[0] for each in (W, B))
    strided = np.stack([X, X], -1).transpose(2, 0, 1, 3)[..., 1].transpose(1, 2, 0)
    assert not strided.flags.c_contiguous
    out = np.full((3, 4, 5, 2), np.nan)[..., 0]
    expected = torchs(X, DY, w, b)
    with sanitized():
        for found in (ours(strided, DY, w, b, algorithm, out), ours(X, DY, w, b, algorithm)):
            for each, right in zip(found, expected, strict=True):
                np.testing.assert_allclose(each, right, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("algorithm", ["tree", "one_pass"])
def test_a_row_of_one_element_is_the_bias(algorithm):
    x, one = np.array([[3.0], [-2.0]]), np.array([5.0])
    y, dx, dw, db = ours(x, x, one, one, algorithm)
    np.testing.assert_array_equal(y, [[5.0], [5.0]])
    np.testing.assert_array_equal(dx, np.zeros((2, 1)))
    assert dw == 0.0 and db == 1.0


@pytest.mark.parametrize(("shape", "last"), [((0, 3), (3,)), ((3, 0), (0,))])
def test_without_elements_gradients_are_sums_of_nothing(shape, last):
    nothing, ones = np.zeros(shape), np.ones(last)
    y, dx, dw, db = ours(nothing, nothing, ones, ones)
    assert y.shape == dx.shape == shape
    np.testing.assert_array_equal([dw, db], np.zeros((2, *last)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: layer_norm.forward(X, (4,)), ValueError, "layer_norm: normalized_shape is (4,);"),
        (
            lambda: layer_norm.forward(X, ()),
            ValueError,
            "the last dimensions of input.shape, (3, 4",
        ),
        (
            lambda: layer_norm.forward(X, (5,), W),
            ValueError,
            "weight.shape is (4, 5); expected (5,)",
        ),
        (lambda: layer_norm.forward(X, (5,), eps="0"), TypeError, "eps is '0'; expected a number"),
        (
            lambda: layer_norm.input_gradient(DY, X, B[0], B[0], (5,)),
            ValueError,
            "layer_norm input_gradient: mean.shape is (5,); expected (12,)",
        ),
        (
            lambda: layer_norm.bias_gradient(DY, (3,)),
            ValueError,
            "expected the last dimensions of grad_output.shape, (3, 4, 5)",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
