"""Functions composed of other operators: lp_pool2d, local_response_norm, dropout2d.

Their float32 outputs are within what running error analysis of their formula allows; gradients, in
float64, are PyTorch's.
"""

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.nn import functional as F
from crosscheck.parity.shared import rounded

X = np.random.default_rng(0).standard_normal((2, 5, 4, 6)).astype(np.float32)


def assert_within(computed, bound):
    assert computed.dtype == np.float32
    error = np.abs(computed - bound.value)
    assert (error <= bound.error).all() and (bound.error < 1e-5 * (1 + abs(bound.value))).all()


def total(terms):
    first, *others = terms
    for each in others:
        first = first + each
    return first


def test_lp_pool2d_is_within_its_bound():
    taps = [X[:, :, i::2, j::3] for i in range(2) for j in range(3)]
    squares = [each * each for each in (rounded.given(tap, "float32") for tap in taps)]
    norm = rounded.sqrt(total(squares) / 6 * 6)
    assert_within(F.lp_pool2d(nn.tensor(X), 2, (2, 3)).numpy(), norm)
    theirs = torch.nn.functional.lp_pool2d(torch.tensor(X).double(), 2, (2, 3))
    np.testing.assert_allclose(norm.value, theirs, rtol=1e-12)


def test_local_response_norm_is_within_its_bound():
    padded = np.pad(X, ((0, 0), (1, 1), (0, 0), (0, 0)))
    around = [rounded.given(padded[:, i : i + 5], "float32") for i in range(3)]
    mean = total([each * each for each in around]) / 3
    result = rounded.given(X, "float32") / rounded.sqrt(mean * 0.1 + 2.0)
    computed = F.local_response_norm(nn.tensor(X), 3, alpha=0.1, beta=0.5, k=2.0).numpy()
    assert_within(computed, result)


CALLS = [
    ("lp_pool2d", X, {"norm_type": 2, "kernel_size": 2}),
    ("lp_pool2d", np.abs(X[0]), {"norm_type": 1.5, "kernel_size": (2, 3), "stride": 1}),
    ("lp_pool2d", X, {"norm_type": 3.0, "kernel_size": 3, "stride": 2, "ceil_mode": True}),
    ("lp_pool2d", np.where(X > 1, X, 0), {"norm_type": 2, "kernel_size": 2}),  # windows of 0
    ("lp_pool2d", X, {"norm_type": float("inf"), "kernel_size": 2}),
    ("lp_pool2d", X, {"norm_type": -float("inf"), "kernel_size": 2}),
    ("local_response_norm", X, {"size": 2}),
    ("local_response_norm", X[0], {"size": 5, "alpha": 0.3, "beta": 0.6, "k": 1.5}),
    ("local_response_norm", X[..., None], {"size": 3, "alpha": 0.3}),
]


@pytest.mark.parametrize(("name", "x", "options"), CALLS)
def test_output_and_gradient_are_torchs(name, x, options):
    x = x.astype(np.float64)
    ours, theirs = nn.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y = getattr(F, name)(ours, **options)
    expected = getattr(torch.nn.functional, name)(theirs, **options)
    np.testing.assert_allclose(y.numpy(), expected.detach(), rtol=1e-12, atol=1e-14)
    dy = np.random.default_rng(1).standard_normal(y.shape)
    y.backward(nn.tensor(dy))
    expected.backward(torch.tensor(dy))
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad, rtol=1e-12, atol=1e-14)


def test_local_response_norm_of_torchs_own_samples():
    from torch.testing._internal.common_methods_invocations import op_db  # takes seconds to import

    (info,) = (each for each in op_db if each.name == "nn.functional.local_response_norm")
    for sample in info.sample_inputs("cpu", torch.float64):
        y = F.local_response_norm(nn.tensor(sample.input.numpy()), *sample.args, **sample.kwargs)
        expected = info.op(sample.input, *sample.args, **sample.kwargs)
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 3), (40, 50, 2, 3)])
def test_dropout2d_drops_whole_channels(shape):
    nn.manual_seed(0)
    x = nn.tensor(np.random.default_rng(0).uniform(1, 2, shape), requires_grad=True)
    y = F.dropout2d(x, 0.25)
    factors = (y.numpy() / x.numpy()).reshape(2000, -1)
    kept = factors[:, 0] > 0
    np.testing.assert_allclose(factors[kept], 1 / 0.75, rtol=1e-15)
    assert (factors[~kept] == 0).all() and 0.2 < 1 - kept.mean() < 0.3
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy().reshape(2000, -1), factors, rtol=1e-15)


def test_dropout2d_without_anything_to_drop_and_in_place():
    x = nn.tensor(X)
    assert F.dropout2d(x, 0.5, training=False) is x and F.dropout2d(x, 0.0) is x
    assert F.dropout2d(x, 1.0, inplace=True) is x and not x.numpy().any()
    layer = nn.Dropout2d(0.5)
    assert repr(layer) == repr(torch.nn.Dropout2d(0.5)) and layer.eval()(x) is x


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.local_response_norm(nn.tensor(X[0, 0]), 3), ValueError, "input.shape is (4, 6)"),
        (lambda: F.local_response_norm(nn.tensor(X), 0), ValueError, "size is 0; expected"),
        (lambda: F.lp_pool2d(nn.tensor(X), 2, 0), ValueError, "kernel_size is 0; expected"),
        (lambda: F.lp_pool2d(X, 2, 2), TypeError, "expected an nn.Tensor"),
        (lambda: F.dropout2d(nn.tensor(X), 2.0), ValueError, "p is 2.0; expected"),
        (lambda: F.dropout2d(nn.tensor(X[0, 0, 0]), 0.5), RuntimeError, "at least 2 dimensions"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
