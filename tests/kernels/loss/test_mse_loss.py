"""mse_loss against PyTorch: reductions, weights, layouts, nothing at all, bad input."""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.loss import mse_loss
from crosscheck.kernels.loss.pointwise_launch import BLOCKS, TERMS


def normal(seed, *shape):
    return np.asarray(np.random.default_rng(seed).standard_normal(shape))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("shape", [(), (1,), (THREADS + 1,), (2 * THREADS * TERMS + 3,), (3, 0, 2)])
def test_values_and_gradients(shape, reduction, weighted):
    x, t = normal(0, *shape), normal(1, *shape)
    w = np.abs(normal(2, *shape)) if weighted else None
    tensors = [torch.tensor(each, requires_grad=True) for each in (x, t)]
    expected = TF.mse_loss(
        *tensors, reduction=reduction, weight=torch.tensor(w) if weighted else None
    )
    dy = normal(3, *expected.shape)
    gradients = torch.autograd.grad(expected, tensors, torch.tensor(dy))
    w = np.asarray(w) if weighted else None
    with sanitized():
        ours = [
            mse_loss.forward(x, t, reduction, w),
            mse_loss.input_gradient(dy, x, t, reduction, w),
            mse_loss.target_gradient(dy, x, t, reduction, w),
        ]
    for mine, theirs in zip(ours, (expected.detach(), *gradients), strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-12, strict=True)


def test_more_elements_than_all_threads_take_at_once():
    x = np.ones(BLOCKS * THREADS * TERMS + 7, np.float32)
    assert mse_loss.forward(x, np.zeros_like(x), "sum") == x.size


def test_mean_of_nothing_is_nan_and_sum_is_zero():
    none = np.empty((0, 3))
    assert np.isnan(mse_loss.forward(none, none))
    assert mse_loss.forward(none, none, "sum") == 0


def test_layouts_are_paired_by_position():
    x, t = normal(0, 4, 6), normal(1, 6, 4).T
    out = np.full((4, 12), np.nan)[:, ::2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mse_loss.forward(x, t, "none", out=out)
    np.testing.assert_array_equal(out, (x - t) ** 2)
    np.testing.assert_allclose(mse_loss.forward(x, t), ((x - t) ** 2).mean(), rtol=1e-14)


@pytest.mark.parametrize(
    ("algorithm", "reduction", "message"),
    [("tree", "none", "nothing to add up"), ("direct", "sum", "cannot add up for 'sum'")],
)
def test_a_forced_algorithm_says_what_it_cannot_do(algorithm, reduction, message):
    with pytest.raises(Unsupported, match=message):
        mse_loss.forward(np.ones(3), np.ones(3), reduction, algorithm=algorithm)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (np.ones(3), np.ones(2)),
            r"target.shape is \(2,\); expected a shape that broadcasts with \(3,\)",
        ),
        ((np.ones(3), np.ones(3, "f4")), "target.dtype is 'float32'"),
        ((np.ones(3), np.ones(3), "max"), "reduction is 'max'"),
        ((np.ones(3), np.ones(3), None), "reduction is None"),
        ((np.ones(3), np.ones(3), "sum", np.ones(1)), r"weight.shape is \(1,\)"),
        ((np.ones(3, int), np.ones(3)), "input.dtype is 'int64'"),
    ],
)
def test_rejects(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        mse_loss.forward(*arguments)


def test_indices_of_64_bits_give_the_same_bits():
    x, t, w = normal(0, 3000), normal(1, 3000), np.abs(normal(2, 3000))
    for reduction in ("none", "mean"):
        y = mse_loss.forward(x, t, reduction, w)
        dx = mse_loss.input_gradient(np.ones_like(y), x, t, reduction, w)
        with wide_index():
            np.testing.assert_array_equal(mse_loss.forward(x, t, reduction, w), y)
            again = mse_loss.input_gradient(np.ones_like(y), x, t, reduction, w)
            np.testing.assert_array_equal(again, dx)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_a_gradient_overflows_only_where_its_result_does(reduction):
    x, t = np.float32([0.25, 0.5, 3]), np.zeros(3, np.float32)
    dy = np.full((3,) if reduction == "none" else (), np.finfo(np.float32).max, np.float32)
    tensors = [torch.tensor(each, requires_grad=True) for each in (x, t)]
    loss = TF.mse_loss(*tensors, reduction=reduction)
    for call, theirs in zip(
        (mse_loss.input_gradient, mse_loss.target_gradient),
        torch.autograd.grad(loss, tensors, torch.tensor(dy)),
        strict=True,
    ):
        np.testing.assert_allclose(call(dy, x, t, reduction), theirs.numpy(), rtol=1e-6)
