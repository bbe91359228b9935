"""Tensors and the tape: which gradients `backward` computes, and what it refuses."""

import gc
import weakref

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn.tensor import record


def array(*values):
    return np.array(values, np.float64)


def leaf(*values):
    return nn.tensor(array(*values), requires_grad=True)


def scale(tensor, factor):
    """The simplest operator: the derivative is the same formula."""
    return record("scale", tensor.array * factor, (tensor, lambda dy: dy * factor))


def add(a, b):
    return record("add", a.array + b.array, (a, np.copy), (b, np.copy))


def test_tensor_describes_its_array():
    t = nn.tensor(np.zeros((2, 3), np.float32))
    assert (t.shape, t.ndim, t.dtype, t.device) == ((2, 3), 2, np.float32, "cpu")
    assert t.size() == (2, 3) and t.size(1) == 3
    assert t.is_leaf and not t.requires_grad and t.grad is None and t.grad_fn is None


def test_no_step_copies_the_array():
    a = array(1, 2)
    t = nn.tensor(a)
    assert t.array is a and t.numpy() is a and t.detach().numpy() is a


def test_numpy_takes_a_tensor_for_its_array():
    a = array(1, 2)
    t = nn.tensor(a)
    assert np.asarray(t) is a and np.asarray(t, np.float32).dtype == np.float32
    assert not np.shares_memory(np.array(t), a)
    assert np.stack([t, t]).tolist() == [[1, 2], [1, 2]]


def test_numpy_refuses_a_tensor_that_needs_detach():
    for tensor in (leaf(1, 2), scale(leaf(1, 2), 2)):
        with pytest.raises(TypeError, match=r"requires grad; expected tensor.detach\(\)"):
            np.asarray(tensor)
        np.asarray(tensor.detach())


def test_detach_leaves_the_tape():
    y = scale(leaf(1, 2), 3)
    assert y.requires_grad and not y.is_leaf
    cut = y.detach()
    assert cut.is_leaf and not cut.requires_grad and cut.array is y.array


def test_repr_shows_the_operator():
    assert repr(nn.tensor(array(1, 2))) == "tensor(array([1., 2.]))"
    assert repr(leaf(1, 2)) == "tensor(array([1., 2.]), requires_grad=True)"
    assert repr(scale(leaf(1, 2), 2)) == "tensor(array([2., 4.]), grad_fn=<scale>)"


def test_gradient_of_one_element_is_one():
    x = leaf(5)
    scale(x, 3).backward()
    assert x.grad.numpy().tolist() == [3] and x.grad.dtype == np.float64


@pytest.mark.parametrize("wrap", [nn.tensor, lambda a: a])
def test_gradient_may_be_a_tensor_or_an_array(wrap):
    x = leaf(1, 2)
    scale(x, 3).backward(wrap(array(1, 10)))
    assert x.grad.numpy().tolist() == [3, 30]


def test_leaf_used_twice_gets_both_gradients():
    x = leaf(1, 2)
    add(scale(x, 2), scale(x, 5)).backward(array(1, 1))
    assert x.grad.numpy().tolist() == [7, 7]


def test_operator_given_one_tensor_twice():
    x = leaf(1, 2)
    add(x, x).backward(array(1, 2))
    assert x.grad.numpy().tolist() == [2, 4]


def test_diamond_runs_each_operator_once():
    calls = []
    x = leaf(1)

    def derivative(dy):
        calls.append(dy)
        return dy

    middle = record("once", x.array, (x, derivative))
    add(scale(middle, 2), scale(scale(middle, 3), 10)).backward()
    assert len(calls) == 1 and x.grad.numpy().tolist() == [32]


def test_backward_adds_to_grad_until_it_is_cleared():
    x = leaf(1, 2)
    for _ in range(2):
        scale(x, 3).backward(array(1, 1))
    assert x.grad.numpy().tolist() == [6, 6]
    x.grad = None
    scale(x, 3).backward(array(1, 1))
    assert x.grad.numpy().tolist() == [3, 3]


def test_gradients_are_never_shared_with_the_caller_or_changed_behind_it():
    x, gradient = leaf(1, 2), array(1, 1)
    x.backward(gradient)
    first = x.grad.numpy()
    assert not np.shares_memory(first, gradient)
    x.backward(gradient)
    assert first.tolist() == [1, 1] and gradient.tolist() == [1, 1]
    assert x.grad.numpy().tolist() == [2, 2]


def test_gradient_is_computed_only_where_it_is_required():
    def never(dy):
        raise AssertionError("this input requires no gradient")

    x, constant = leaf(1), nn.tensor(array(2))
    record("op", array(3), (x, lambda dy: dy), (constant, never), (None, never)).backward()
    assert constant.grad is None and x.grad is not None


def test_only_leaves_keep_a_gradient():
    x = leaf(1)
    middle = scale(x, 2)
    scale(middle, 3).backward()
    assert middle.grad is None and x.grad.numpy().tolist() == [6]


def test_nothing_is_recorded_where_no_input_requires_a_gradient():
    y = scale(nn.tensor(array(1)), 2)
    assert y.is_leaf and not y.requires_grad


def test_no_grad_records_nothing_and_ends():
    x = leaf(1)
    with nn.no_grad():
        with nn.no_grad():
            pass
        assert scale(x, 2).is_leaf
    assert scale(x, 2).requires_grad


def test_no_grad_ends_after_an_error():
    with pytest.raises(KeyError), nn.no_grad():
        raise KeyError
    assert scale(leaf(1), 2).requires_grad


def test_no_grad_as_a_decorator():
    @nn.no_grad()
    def evaluate(x):
        return scale(x, 2)

    assert evaluate(leaf(1)).is_leaf and evaluate(leaf(1)).is_leaf


def test_deep_tape_needs_no_recursion():
    x = y = leaf(1)
    for _ in range(20_000):
        y = scale(y, 1)
    y.backward()
    assert x.grad.numpy().tolist() == [1]


def test_backward_frees_what_operators_saved():
    saved = leaf(1).array
    kept = weakref.ref(saved)
    y = record("op", array(1), (leaf(1), lambda dy, saved=saved: dy * saved))
    y.backward()
    del saved
    gc.collect()
    assert kept() is None and y.grad_fn is not None


def test_second_backward_names_the_freed_operator():
    y = scale(leaf(1), 2)
    y.backward()
    with pytest.raises(RuntimeError, match="a second time, but the first call freed what <scale>"):
        y.backward()


def test_second_backward_through_a_shared_part_adds_to_no_gradient():
    x = leaf(1)
    shared = scale(x, 2)
    other = leaf(1)
    first, second = scale(shared, 3), add(shared, other)
    first.backward()
    with pytest.raises(RuntimeError, match="second time"):
        second.backward()
    assert other.grad is None and x.grad.numpy().tolist() == [6]


def test_missing_gradient_is_refused_as_by_torch():
    with pytest.raises(RuntimeError):
        (torch.ones(2, requires_grad=True) * 2).backward()
    with pytest.raises(
        RuntimeError, match=r"gradient is None; expected a gradient of shape \(2,\)"
    ):
        scale(leaf(1, 2), 2).backward()


def test_backward_where_nothing_was_recorded():
    with pytest.raises(RuntimeError, match="does not require grad"):
        nn.tensor(array(1)).backward()


@pytest.mark.parametrize(
    ("gradient", "error", "message"),
    [
        (array(1, 2, 3), ValueError, r"gradient.shape is \(3,\); expected \(2,\)"),
        (array([1, 2]), ValueError, r"gradient.shape is \(1, 2\); expected \(2,\)"),
        (
            array(1, 2).astype(np.float32),
            TypeError,
            "gradient.dtype is 'float32'; expected float64",
        ),
        ([1.0, 2.0], TypeError, "gradient is 'list'; expected a NumPy or CuPy array"),
        (1.0, TypeError, "gradient is 'float'; expected a NumPy or CuPy array"),
    ],
)
def test_bad_gradient_is_named_and_changes_nothing(gradient, error, message):
    x = leaf(1, 2)
    y = scale(x, 2)
    with pytest.raises(error, match=f"backward: {message}"):
        y.backward(gradient)
    assert x.grad is None
    y.backward(array(1, 1))  # the refusal freed nothing


@pytest.mark.parametrize("dtype", [np.int64, np.bool_])
def test_only_floating_dtypes_may_require_a_gradient(dtype):
    with pytest.raises(
        RuntimeError, match="tensor: array.dtype is .*; expected float32, float64, float16"
    ):
        nn.tensor(np.zeros(2, dtype), requires_grad=True)
    assert nn.tensor(np.zeros(2, dtype)).dtype == dtype


def test_nn_imports_functional():
    assert nn.functional is F
