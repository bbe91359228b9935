"""cross_entropy against PyTorch: every combination of options, special values, bad input."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

from crosscheck.kernels import deferred, in_range
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.loss import cross_entropy

INF, NAN = np.inf, np.nan
each = pytest.mark.parametrize("algorithm", ["direct", "tree"])


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def classes(shape, count=None, ignored=None):
    """Return class targets for logits of `shape`; the first is `ignored`, where that is given."""
    sizes = shape[:1] + shape[2:] if len(shape) > 1 else ()
    count = count or shape[min(len(shape) - 1, 1)]
    target = np.asarray(np.random.default_rng(1).integers(0, count, sizes))
    if ignored is not None and target.size:
        target.flat[0] = ignored
    return target


def compare(x, target, weight, algorithm, dy=None, **options):
    """Hold the loss and every gradient that PyTorch has against PyTorch's."""
    leaves = [torch.tensor(x, requires_grad=True), torch.tensor(target)]
    directions = ["input_gradient"]
    if target.dtype.kind == "f":
        leaves[1].requires_grad_()
        directions.append("target_gradient")
    theirs = None if weight is None else torch.tensor(weight)
    expected = TF.cross_entropy(*leaves, weight=theirs, **options)
    dy = np.asarray(normal(3, *expected.shape) if dy is None else dy)
    gradients = torch.autograd.grad(expected, leaves[: len(directions)], torch.tensor(dy))
    how = {"weight": weight, "algorithm": algorithm, **options}
    with sanitized():
        y = cross_entropy.forward(x, target, **how)
        ours = [getattr(cross_entropy, each)(dy, x, target, **how) for each in directions]
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-11, strict=True)
    for own, gradient in zip(ours, gradients, strict=True):
        np.testing.assert_allclose(own, gradient.numpy(), rtol=1e-10, atol=1e-13, strict=True)


OPTIONS = list(itertools.product(["none", "mean", "sum"], [False, True], [0.0, 0.3, 1.0]))


@each
@pytest.mark.parametrize(("reduction", "weighted", "smoothing"), OPTIONS)
@pytest.mark.parametrize("shape", [(3, 4), (2, THREADS + 2), (2, 3, 2, 2), (5,), (0, 3)])
def test_classes(shape, reduction, weighted, smoothing, algorithm):
    weight = np.abs(normal(2, shape[min(len(shape) - 1, 1)])) if weighted else None
    target = classes(shape, ignored=-100 if len(shape) > 1 else None)
    options = dict(reduction=reduction, label_smoothing=smoothing)
    compare(normal(0, *shape), target, weight, algorithm, **options)


@each
@pytest.mark.parametrize(("reduction", "weighted", "smoothing"), OPTIONS)
@pytest.mark.parametrize("shape", [(3, 4), (2, THREADS + 2), (2, 3, 2, 2), (5,), (0, 3), (2, 0)])
def test_probabilities(shape, reduction, weighted, smoothing, algorithm):
    weight = np.abs(normal(2, shape[min(len(shape) - 1, 1)])) if weighted else None
    options = dict(reduction=reduction, label_smoothing=smoothing)
    compare(normal(0, *shape), normal(1, *shape), weight, algorithm, **options)


@each
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_every_row_ignored(algorithm, reduction):
    target = np.array([1, 1])
    compare(normal(0, 2, 3), target, None, algorithm, ignore_index=1, reduction=reduction)


@each
@pytest.mark.parametrize("ignore_index", [-1, 7, 2**40])
def test_an_ignored_target_need_not_be_a_class(algorithm, ignore_index):
    target = np.array([1, ignore_index])
    options = dict(ignore_index=ignore_index, label_smoothing=0.1)
    compare(normal(0, 2, 3), target, np.ones(3), algorithm, **options)


@each
@pytest.mark.parametrize(
    "row", [[INF, 1, 2], [-INF, -INF, -INF], [-INF, 1, 2], [2, -INF, 1], [NAN, 1, 2], [1, 2, NAN]]
)
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_special_values_are_pytorchs(row, smoothing, algorithm):
    options = dict(reduction="none", label_smoothing=smoothing)
    x = np.array([row, [1, 2, 3.0]])
    compare(x, np.array([1, 0]), None, algorithm, **options)
    compare(x, np.array([[0.5, 0, 0.5], [1, 0, 0]]), None, algorithm, **options)


@each
def test_large_logits_lose_nothing(algorithm):
    x = np.array([[1e4, -1e4]], np.float32)
    loss = cross_entropy.forward(x, np.array([1]), algorithm=algorithm)
    assert loss == 2e4


@each
def test_a_small_loss_keeps_its_digits(algorithm):
    x = np.array([[20.0, 0.0]])
    loss = cross_entropy.forward(x, np.array([0]), algorithm=algorithm)
    np.testing.assert_allclose(loss, np.log1p(np.exp(-20.0)), rtol=1e-7)


def test_bytes_are_classes_and_one_row_may_have_a_target_of_one():
    x = normal(0, 2, 3)
    target = np.array([2, 0])
    expected = cross_entropy.forward(x, target)
    assert cross_entropy.forward(x, target.astype(np.uint8)) == expected
    row = cross_entropy.forward(x[0], target[:1], reduction="none")
    assert row.shape == () and row == cross_entropy.forward(x[:1], target[:1])


def test_layouts_and_gaps():
    x = normal(0, 4, 10, 3)[:, ::2].transpose(2, 1, 0)
    target = classes(x.shape)
    out = np.full((3, 8), NAN)[:, ::2]
    cross_entropy.forward(x, target, reduction="none", out=out)
    packed = cross_entropy.forward(x.copy(), target, reduction="none")
    np.testing.assert_array_equal(out, packed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(target=np.array([3, 0])), "target is 3; expected classes from 0 to 2"),
        (dict(target=np.array([-1, 0])), "target is -1"),
        (dict(target=np.array([0, 1], np.int32)), "target.dtype is 'int32'"),
        (dict(target=np.array([0, 1, 2])), r"target.shape is \(3,\)"),
        (dict(target=np.zeros(2)), "target.dtype is 'float64'"),
        (dict(target=np.zeros((2, 3), int)), "target.dtype is 'int64'"),
        (dict(target=np.zeros((2, 3)), ignore_index=1), "ignore_index is 1"),
        (dict(weight=np.ones(2)), r"weight.shape is \(2,\)"),
        (dict(weight=np.ones(3, "f4")), "weight.dtype is 'float32'"),
        (dict(reduction="x"), "reduction is 'x'"),
        (dict(label_smoothing=1.1), "label_smoothing is 1.1"),
        (dict(label_smoothing=-0.1), "label_smoothing is -0.1"),
        (dict(label_smoothing=NAN), "label_smoothing is nan"),
        (dict(ignore_index=1.0), "ignore_index is 1.0"),
        (dict(input=np.array(1.0), target=np.array(1.0)), r"input.shape is \(\)"),
    ],
)
def test_rejects(change, message):
    arguments = {"input": normal(0, 2, 3), "target": np.array([0, 1]), **change}
    with pytest.raises((TypeError, ValueError, IndexError), match=message):
        cross_entropy.forward(**arguments)


def test_classes_have_no_gradient():
    message = r"target.shape is \(2,\); expected \(2, 3\), the input's: classes have no gradient"
    with pytest.raises(ValueError, match=message):
        cross_entropy.target_gradient(np.asarray(1.0), normal(0, 2, 3), np.array([0, 1]))


@each
@pytest.mark.parametrize("kind", ["classes", "probabilities"])
def test_indices_of_64_bits_give_the_same_bits(kind, algorithm):
    x = normal(0, 3, 200)
    target = classes(x.shape) if kind == "classes" else normal(1, 3, 200)
    how = dict(weight=np.abs(normal(2, 200)), label_smoothing=0.1, algorithm=algorithm)
    calls = [(cross_entropy.forward, (x, target))]
    calls += [(cross_entropy.input_gradient, (np.asarray(1.5), x, target))]
    if kind == "probabilities":
        calls += [(cross_entropy.target_gradient, (np.asarray(1.5), x, target))]
    results = [call(*arrays, **how) for call, arrays in calls]
    with wide_index():
        for (call, arrays), result in zip(calls, results, strict=True):
            np.testing.assert_array_equal(call(*arrays, **how), result)


@each
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_on_a_gpu_what_is_no_class_gives_nan_and_the_next_call_raises(
    algorithm, dtype, monkeypatch
):
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)  # as on a GPU
    x, target = normal(0, 3, 4), np.array([1, 4, -7]).astype(dtype)
    how = dict(reduction="none", algorithm=algorithm)
    with sanitized():
        loss = cross_entropy.forward(x, target, **how)
        with pytest.raises(IndexError, match="^cross_entropy: target is 4; expected classes from"):
            cross_entropy.input_gradient(np.ones(3), x, target, **how)
        dx = cross_entropy.input_gradient(np.ones(3), x, target, **how)
        gradient = "^cross_entropy input_gradient: target is 4; expected classes from 0 to 3; an"
        with pytest.raises(IndexError, match=gradient):
            cross_entropy.forward(x, target, **how)
    np.testing.assert_array_equal(np.isnan(loss), [False, True, True])
    np.testing.assert_array_equal(np.isnan(dx).all(1), [False, True, True])


def test_an_ignored_class_is_none_that_is_found(monkeypatch):
    monkeypatch.setattr(in_range, "_is_at_hand", lambda values: False)
    target = np.array([1, -100, 0])
    with deferred.synchronous():
        cross_entropy.forward(normal(0, 3, 4), target)
        with pytest.raises(IndexError, match="target is -100; expected classes from 0 to 3$"):
            cross_entropy.forward(normal(0, 3, 4), target, ignore_index=1)


@each
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("value", [INF, NAN])
@pytest.mark.parametrize("probable", [False, True])
def test_special_values_in_weights_and_gradients(probable, value, smoothing, algorithm):
    shape = (6, 5)
    x = normal(0, *shape)
    target = normal(1, *shape) if probable else classes(shape, ignored=-100)
    for reduction, place in itertools.product(("none", "mean", "sum"), ("weight", "gradient")):
        weight = normal(2, shape[1])
        dy = normal(3, shape[0]) if reduction == "none" else normal(3)
        if place == "weight":
            weight[2] = value
        else:
            dy = np.where(np.arange(dy.size).reshape(np.shape(dy)) % 2 == 0, value, dy)
        options = dict(reduction=reduction, label_smoothing=smoothing)
        compare(x, target, weight, algorithm, dy, **options)
        if place == "gradient":
            compare(x, target, None, algorithm, dy, **options)
