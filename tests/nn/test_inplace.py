"""Tensors that are overwritten in place: each model runs in PyTorch and in ours."""

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import crosscheck.nn.functional as F
from crosscheck import nn

LIBRARIES = pytest.mark.parametrize("nn_, F_", [(nn, F), (torch, TF)], ids=["ours", "torch"])


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


X, DY = normal(0, 2, 3, 4, 4), normal(1, 2, 3, 4, 4)
W = normal(2, 3, 3, 3, 3)


def leaf(library, array=X):
    array = array.copy()
    if library is torch:
        return torch.tensor(array, requires_grad=True)
    return nn.tensor(array, requires_grad=True)


def constant(library, array):
    return (torch.tensor if library is torch else nn.tensor)(array.copy())


def overwritten(nn_, F_, x):
    return F_.relu(x * 2, inplace=True)


def overwritten_twice(nn_, F_, x):
    return F_.relu(F_.relu(x * 2, inplace=True) * -1, inplace=True)


def read_before_and_after(nn_, F_, x):
    h = x * 2
    y = h * 3  # its gradient does not pass through the relu
    return y + F_.relu(h, inplace=True)


def between_convolutions(nn_, F_, x):
    w = constant(nn_, W)
    h = F_.relu(F_.conv2d(x, w, padding=1), inplace=True)
    return F_.conv2d(h, w, padding=1)


def a_view(nn_, F_, x):
    h = (x * 2).reshape(2, 48)
    return F_.relu(h, inplace=True).reshape(X.shape) * 3


def a_view_made_again(nn_, F_, x):
    h = x * 2
    F_.relu(h, inplace=True)
    return h.reshape(2, 48).reshape(X.shape) * 3


def under_no_grad(nn_, F_, x):
    h = x * 2
    with nn_.no_grad():
        F_.relu(h, inplace=True)
    return h * 3


def a_detached_tensor(nn_, F_, x):
    h = x * 2
    F_.relu(h.detach(), inplace=True)
    return h + x


def dropped_out(nn_, F_, x):
    h = F_.dropout(x * 2, 1.0, inplace=True)
    return h + x


@pytest.mark.parametrize(
    "model",
    [
        overwritten,
        overwritten_twice,
        read_before_and_after,
        between_convolutions,
        a_view,
        a_view_made_again,
        under_no_grad,
        a_detached_tensor,
        dropped_out,
    ],
)
def test_values_and_gradients_are_torchs(model):
    results = []
    for library, functional in ((nn, F), (torch, TF)):
        x = leaf(library)
        y = model(library, functional, x)
        y.backward(constant(library, DY))
        results.append((y.detach().numpy(), x.grad.numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13, strict=True)


@LIBRARIES
def test_the_input_itself_is_overwritten_and_returned(nn_, F_):
    x = constant(nn_, X)
    array = x.numpy()
    assert F_.relu(x, inplace=True) is x and not x.requires_grad
    np.testing.assert_array_equal(array, np.maximum(X, 0))
    h = leaf(nn_) * 2
    assert F_.relu(h, inplace=True) is h and h.requires_grad


@LIBRARIES
def test_a_leaf_cannot_be_overwritten_on_the_tape(nn_, F_):
    x = leaf(nn_)
    for bad, what in ((x, "a leaf Variable"), (x.reshape(-1), "a view of a leaf Variable")):
        with pytest.raises(RuntimeError, match=f"{what} that requires grad is being used in an in"):
            F_.relu(bad, inplace=True)
    np.testing.assert_array_equal(x.detach().numpy(), X)
    with nn_.no_grad():
        assert F_.relu(x, inplace=True) is x
    np.testing.assert_array_equal(x.detach().numpy(), np.maximum(X, 0))


def an_input_of_mul(nn_, F_, x):
    h = x * 2
    y = h * h
    F_.relu(h, inplace=True)
    return y


def an_input_of_conv2d(nn_, F_, x):
    h, w = x * 2, leaf(nn_, W)
    y = F_.conv2d(h, w, padding=1)
    F_.relu(h, inplace=True)
    return y


def the_output_of_softmax(nn_, F_, x):
    y = F_.softmax(x, 1)
    F_.relu(y, inplace=True)
    return y


def a_view_of_an_input(nn_, F_, x):
    h = x * 2
    y = h * h
    F_.relu(h.reshape(-1), inplace=True)
    return y


def through_a_detached_tensor(nn_, F_, x):
    h = x * 2
    y = h * h
    F_.relu(h.detach(), inplace=True)
    return y


def an_optimizer_step(nn_, F_, x):
    w = leaf(nn_, W)
    y = F_.conv2d(x, w, padding=1)
    w.grad = constant(nn_, W)
    (torch if nn_ is torch else nn).optim.SGD([w], lr=0.1).step()
    return y


def a_loaded_state_dict(nn_, F_, x):
    layer = (torch.nn if nn_ is torch else nn).Conv2d(3, 3, 3, padding=1).double()
    y = layer(x)
    layer.load_state_dict(layer.state_dict())
    return y


def an_initialised_weight(nn_, F_, x):
    w = leaf(nn_, W)
    y = F_.conv2d(x, w, padding=1)
    (torch.nn if nn_ is torch else nn).init.zeros_(w)
    return y


@LIBRARIES
@pytest.mark.parametrize(
    "model",
    [
        an_input_of_mul,
        an_input_of_conv2d,
        the_output_of_softmax,
        a_view_of_an_input,
        through_a_detached_tensor,
        an_optimizer_step,
        a_loaded_state_dict,
        an_initialised_weight,
    ],
)
def test_backward_refuses_when_a_saved_array_was_overwritten(model, nn_, F_):
    x = leaf(nn_)
    y = model(nn_, F_, x)
    with pytest.raises(RuntimeError, match="needed for gradient computation has been modified by"):
        y.backward(constant(nn_, DY))
    assert x.grad is None


def test_updates_of_running_statistics_are_counted():
    x = nn.tensor(X)
    mean, var = nn.tensor(np.zeros(3)), nn.tensor(np.ones(3))
    F.batch_norm(x, mean, var, training=True)
    assert (mean.memory.version, var.memory.version) == (1, 1)
    F.batch_norm(x, mean, var)
    assert (mean.memory.version, var.memory.version) == (1, 1)


def test_the_message_names_the_operator_and_the_version():
    h = leaf(nn) * 2
    y = h * h
    F.relu(h, inplace=True)
    F.relu(h, inplace=True)
    with pytest.raises(RuntimeError, match="what <mul> had saved is at version 2; expected versio"):
        y.backward(DY)


@pytest.mark.parametrize("use", [lambda t: t * 2, lambda t: F.relu(t, inplace=True)])
def test_a_view_made_before_a_write_to_its_base_is_refused(use):
    h = leaf(nn) * 2
    view = h.reshape(-1)
    F.relu(h, inplace=True)
    view.array[:] = -1
    with pytest.raises(NotImplementedError, match="a view made after the write"):
        use(view)
    assert (view.array == -1).all()
    with pytest.raises(NotImplementedError, match="backward: another tensor of this one's"):
        view.backward(DY.reshape(-1))
    use(h)


def test_a_copy_in_another_shape_shares_nothing():
    x = nn.tensor(normal(0, 4, 3).T, requires_grad=True)
    copy = F.relu(x.reshape(-1), inplace=True)  # PyTorch: a copy is no view of a leaf
    assert copy.memory is not x.memory and not np.shares_memory(copy.array, x.array)


def test_a_parameter_shares_the_memory_of_its_tensor_as_torchs():
    for library in (nn, torch.nn):
        tensor = (nn.tensor if library is nn else torch.tensor)(W)
        parameter = library.Parameter(tensor)
        library.init.zeros_(tensor)
        assert (parameter.memory.version if library is nn else parameter._version) == 1


def test_a_base_is_refused_after_a_write_to_its_view():
    h = leaf(nn) * 2
    F.relu(h.reshape(-1), inplace=True)
    with pytest.raises(NotImplementedError, match=r"add: .* base\[key\] \+= "):
        h + 1


def test_a_refused_write_is_not_counted():
    x = nn.tensor(np.arange(3))
    with pytest.raises(TypeError, match="int64"):
        F.relu(x, inplace=True)
    assert x.memory.version == 0


def arrays_in(value):
    """Yield the arrays in a value that a derivative holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | tuple | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from arrays_in(each)


CLASSES, MASK = nn.tensor(np.array([0, 1])), nn.tensor(np.array([True, False]))


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t(2, 3) + t(2, 3),
        lambda t: t(2, 3) * t(2, 3),
        lambda t: t(2, 3).sum(0),
        lambda t: t(2, 3).mean(),
        lambda t: t(2, 3).reshape(6),
        lambda t: t(2, 3) / t(2, 3),
        lambda t: t(2, 3) @ t(3, 4),
        lambda t: nn.where(MASK, t(3, 2), t(2)),
        lambda t: nn.cat([t(2, 3), t(2, 3)]),
        lambda t: t(2, 3)[1:],
        lambda t: t(2, 3).max(),
        lambda t: t(2, 3).max(1)[0],
        lambda t: nn.maximum(t(2, 3), t(3)),
        lambda t: t(2, 3).std(1),
        lambda t: F.relu(t(2, 3)),
        lambda t: F.dropout(t(2, 3)),
        lambda t: F.softmax(t(2, 3), 1),
        lambda t: F.log_softmax(t(2, 3), 1),
        lambda t: F.conv2d(t(2, 3, 4, 4), t(3, 3, 3, 3), t(3)),
        lambda t: F.linear(t(2, 3), t(4, 3), t(4)),
        lambda t: F.max_pool2d(t(2, 3, 4, 4), 2),
        lambda t: F.avg_pool2d(t(2, 3, 4, 4), 2),
        lambda t: F.adaptive_avg_pool2d(t(2, 3, 4, 4), 2),
        lambda t: F.padding.pad_image(t(2, 3, 4, 4), (1, 1, 1, 1), "reflect"),
        lambda t: F.batch_norm(t(2, 3), None, None, t(3), t(3), True),
        lambda t: F.batch_norm(t(2, 3), t(3).detach(), t(3).detach(), t(3), t(3)),
        lambda t: F.mse_loss(t(2, 3), t(2, 3), weight=t(2, 3).detach()),
        lambda t: F.cross_entropy(t(2, 3), t(2, 3), t(3).detach()),
        lambda t: F.cross_entropy(t(2, 3), CLASSES, t(3).detach()),
    ],
)
def test_a_derivative_declares_every_tensor_it_reads(call):
    """The tensors that a derivative holds are exactly those that `record` was told it reads."""
    tensors = [CLASSES, MASK]

    def make(*shape):
        tensors.append(nn.tensor(np.ones(shape), requires_grad=True))
        return tensors[-1]

    tensors.append(call(make))
    for edge in tensors[-1].grad_fn.edges:
        declared = {memory for memory, _ in edge.saved}
        closure = getattr(edge.derivative, "__closure__", None) or ()
        bound = getattr(edge.derivative, "bound", {})
        held = list(arrays_in([bound, *(cell.cell_contents for cell in closure)]))
        read = {t.memory for t in tensors for each in held if np.shares_memory(each, t.array)}
        assert read == declared
