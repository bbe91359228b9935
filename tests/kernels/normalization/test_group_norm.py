"""group_norm: results in any layout, groups of one element, and what it refuses."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.normalization import group_norm

X, DY = np.random.default_rng(0).standard_normal((2, 3, 6, 4, 5))
W, B = np.random.default_rng(1).standard_normal((2, 6))


def ours(x, dy, w, b, groups, algorithm=None, out=None):
    y, *statistics = group_norm.forward(x, groups, w, b, algorithm=algorithm, out=out)
    return (
        y,
        group_norm.input_gradient(dy, x, *statistics, groups, w, algorithm=algorithm),
        group_norm.weight_gradient(dy, x, *statistics, groups),
        group_norm.bias_gradient(dy),
    )


def torchs(x, dy, w, b, groups):
    leaves = [torch.tensor(each, requires_grad=True) for each in (x, w, b)]
    y = torch.nn.functional.group_norm(leaves[0], groups, *leaves[1:])
    y.backward(torch.tensor(dy))
    return y.detach().numpy(), *(each.grad.numpy() for each in leaves)


@pytest.mark.parametrize("algorithm", ["tree", "one_pass"])
@pytest.mark.parametrize("groups", [1, 3, 6])
def test_results_are_torchs_in_any_layout(algorithm, groups):
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(X, 1, -1)), -1, 1)
    out = np.full((*X.shape, 2), np.nan)[..., 0]
    expected = torchs(X, DY, W, B, groups)
    with sanitized():
        for found in (ours(last, DY, W, B, groups, algorithm, out), ours(X, DY, W, B, groups)):
            for each, right in zip(found, expected, strict=True):
                np.testing.assert_allclose(each, right, rtol=1e-12, atol=1e-13)


def test_a_group_of_one_element_is_the_bias():
    x = np.array([[3.0, -2.0], [1.0, 4.0]])
    y, dx, dw, _ = ours(x, x, W[:2], B[:2], 2)
    np.testing.assert_array_equal(y, np.stack([B[:2]] * 2))
    np.testing.assert_array_equal(dx, np.zeros((2, 2)))
    np.testing.assert_array_equal(dw, np.zeros(2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: group_norm.forward(X, 4), ValueError, "num_groups is 4; expected a divisor of"),
        (lambda: group_norm.forward(X, 0), ValueError, "group_norm: num_groups is 0; expected an"),
        (lambda: group_norm.forward(X, 1.5), TypeError, "num_groups is 1.5; expected an integer"),
        (lambda: group_norm.forward(W, 1), ValueError, "input.shape is (6,); expected at least"),
        (
            lambda: group_norm.forward(W[None], 6),
            ValueError,
            "input.shape is (1, 6); expected more",
        ),
        (
            lambda: group_norm.forward(X, 2, W[None]),
            ValueError,
            "weight.shape is (1, 6); expected (6,)",
        ),
        (
            lambda: group_norm.weight_gradient(DY, X, W, W, 3),
            ValueError,
            "group_norm weight_gradient: mean.shape is (6,); expected (9,)",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
