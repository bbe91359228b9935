"""State is saved and loaded under PyTorch's names, completely or not at all."""

import numpy as np
import pytest
import torch

from crosscheck import nn


def model(module=nn):
    return module.Sequential(module.Conv2d(1, 2, 3), module.BatchNorm2d(2), module.Linear(4, 3))


def values(each):
    return {name: tensor.numpy().copy() for name, tensor in each.state_dict().items()}


def same(a, b):
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name], b[name])


def test_state_is_exchanged_with_torch():
    ours, theirs, other = model(), model(torch.nn), model()
    theirs[1].running_mean += 3
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    same(values(ours), values(theirs))
    other.load_state_dict({k: torch.from_numpy(v) for k, v in values(ours).items()})
    same(values(other), values(theirs))


def test_loading_keeps_the_tensor_objects_and_their_dtype():
    source, target = model(), model().double()
    weight, array = target[0].weight, target[0].weight.array
    target.load_state_dict(source.state_dict())
    assert target[0].weight is weight and weight.array is array and array.dtype == np.float64
    np.testing.assert_array_equal(array, source[0].weight.numpy())


def test_state_dict_shares_the_models_memory():
    target = model()
    state = target.state_dict()
    state["2.bias"].array[...] = 7
    assert (target[2].bias.numpy() == 7).all() and not state["2.bias"].requires_grad


BAD = [
    (lambda s: s.pop("2.bias"), ["missing: 2.bias"]),
    (lambda s: s.update(x=s["2.bias"]), ["unexpected: x"]),
    (
        lambda s: s.update({"2.bias": np.zeros(4), "0.bias": np.zeros((2, 1))}),
        ["0.bias.shape is (2, 1); expected (2,)", "2.bias.shape is (4,); expected (3,)"],
    ),
    (lambda s: s.update({"2.bias": 1.5}), ["2.bias is 'float'; expected a tensor of numbers"]),
    (lambda s: s.update({"2.bias": np.array(["a"] * 3)}), ["2.bias is 'ndarray'; expected a tens"]),
    (
        lambda s: (s.pop("0.weight"), s.update(x=1, y=2, **{"2.bias": np.zeros(4)})),
        ["missing: 0.weight", "unexpected: x, y", "2.bias.shape is (4,)"],
    ),
]


@pytest.mark.parametrize(("spoil", "messages"), BAD)
def test_a_refused_state_changes_nothing(spoil, messages):
    target = model()
    before = values(target)
    state = dict(model().state_dict())
    spoil(state)
    with pytest.raises(RuntimeError, match="load_state_dict of Sequential") as raised:
        target.load_state_dict(state)
    assert all(message in str(raised.value) for message in messages)
    same(values(target), before)


def test_strict_false_loads_the_names_in_common():
    target, state = model(), dict(model().state_dict())
    bias = target[2].bias.numpy().copy()
    del state["2.bias"]
    state["x"] = 1
    assert target.load_state_dict(state, strict=False) == (["2.bias"], ["x"])
    np.testing.assert_array_equal(target[2].bias.numpy(), bias)
    np.testing.assert_array_equal(target[0].weight.numpy(), state["0.weight"].numpy())
    with pytest.raises(RuntimeError, match=r"0.bias.shape is \(3,\)"):
        target.load_state_dict({"0.bias": np.zeros(3)}, strict=False)


def test_state_dict_must_be_a_mapping():
    with pytest.raises(TypeError, match="Sequential: state_dict is 'list'; expected a mapping"):
        model().load_state_dict([1])


def test_a_scalar_and_a_shared_parameter_are_loaded():
    target, other = model(), model()
    target[1].num_batches_tracked.array[...] = 5
    target[2].bias = other[2].bias = nn.Parameter(np.ones(3, np.float32))
    other.load_state_dict(target.state_dict())
    assert other[1].num_batches_tracked.item() == 5
