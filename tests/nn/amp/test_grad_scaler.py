"""`nn.amp.GradScaler` against `torch.amp.GradScaler`, step by step, and its kernel."""

import inspect

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.optimizer.unscale import unscale

OPTIONS = dict(init_scale=8.0, growth_factor=3.0, backoff_factor=0.3, growth_interval=2)
GRADIENTS = (1.0, 2.0, np.inf, 4.0, np.nan, 0.5, 0.25, 3.0, -np.inf)


def test_signature_is_torchs():
    ours, theirs = (
        inspect.signature(each).parameters for each in (nn.amp.GradScaler, torch.amp.GradScaler)
    )
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


def run(lib, make):
    """Return the scale, the parameter and the scaler's state after every step."""
    parameter = make(np.ones(3, np.float32))
    parameter.requires_grad_()
    scaler = lib.amp.GradScaler("cpu", **OPTIONS)
    optimizer = lib.optim.SGD([parameter], lr=0.1)
    seen = []
    for number, factor in enumerate(GRADIENTS):
        optimizer.zero_grad()
        scaled = scaler.scale((parameter * make(np.array([factor, 1, 1], np.float32))).sum())
        scaled.backward()
        if number % 2:
            scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update(5.0 if number == 6 else None)
        seen.append((scaler.get_scale(), parameter.detach().numpy().copy(), scaler.state_dict()))
    return seen


def test_scales_and_steps_are_torchs():
    for mine, theirs in zip(run(nn, nn.tensor), run(torch, torch.from_numpy), strict=True):
        assert mine[0] == theirs[0] and mine[2] == theirs[2]
        np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-6)


def model(scaler=None):
    parameter = nn.tensor(np.ones(2, np.float32), requires_grad=True)
    return parameter, nn.optim.SGD([parameter], lr=1.0)


def test_the_state_goes_on_in_another_one():
    one, other = nn.amp.GradScaler("cpu", **OPTIONS), nn.amp.GradScaler("cpu")
    parameter, optimizer = model()
    parameter.grad = nn.ones(2)
    one.step(optimizer), one.update()
    other.load_state_dict(one.state_dict())
    assert other.state_dict() == one.state_dict() and other.get_growth_interval() == 2
    other.step(optimizer), other.update()
    assert other.get_scale() == 24.0


def test_two_optimizers_of_which_one_overflows():
    scaler, (a, first), (b, second) = nn.amp.GradScaler("cpu", **OPTIONS), model(), model()
    a.grad, b.grad = nn.tensor(np.array([8, np.inf], np.float32)), nn.tensor(np.full(2, 8, "f"))
    scaler.step(first), scaler.step(second), scaler.update()
    assert a.numpy().tolist() == [1, 1] and b.numpy().tolist() == [0, 0]
    assert scaler.get_scale() == np.float32(8 * 0.3)


def test_outputs_in_sequences_are_scaled():
    scaler = nn.amp.GradScaler("cpu", init_scale=4.0)
    a, (b, c) = scaler.scale([nn.tensor(1.0), (nn.tensor(2.0), nn.ones(2, dtype=nn.float16))])
    assert a.item() == 4 and b.item() == 8 and c.numpy().tolist() == [4, 4]
    assert c.dtype == nn.float16 and scaler.scale(nn.tensor(1.0).half()).dtype == nn.float32


def test_float16_with_autocast_trains_where_gradients_would_vanish():
    x = nn.tensor(np.full((4, 4), 1e-4, np.float32))

    def step(scaler):
        weight = nn.Parameter(np.full((4, 4), 0.5, np.float32))
        optimizer = nn.optim.SGD([weight], lr=1e4)
        with nn.autocast("cpu", dtype=nn.float16):
            loss = nn.functional.linear(x, weight).float().mean() * 1e-4
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        return abs(weight.numpy() - 0.5).max()

    assert step(nn.amp.GradScaler("cpu", enabled=False)) == 0
    assert step(nn.amp.GradScaler("cpu")) > 0


def test_disabled_it_only_passes_through():
    scaler, (parameter, optimizer) = nn.amp.GradScaler("cpu", enabled=False), model()
    parameter.grad = nn.tensor(np.array([1, np.inf], np.float32))
    loss = nn.tensor(2.0)
    assert scaler.scale(loss) is loss and scaler.get_scale() == 1 and scaler.state_dict() == {}
    scaler.unscale_(optimizer), scaler.step(optimizer), scaler.update()
    assert parameter.numpy().tolist() == [0, -np.inf] and not scaler.is_enabled()


def test_wrong_orders_are_refused_as_by_torch():
    scaler, (parameter, optimizer) = nn.amp.GradScaler("cpu"), model()
    with pytest.raises(RuntimeError, match="no parameter of the optimizer has a gradient"):
        scaler.step(optimizer)
    scaler = nn.amp.GradScaler("cpu")
    with pytest.raises(RuntimeError, match="no optimizer was unscaled since the last update"):
        scaler.update()
    parameter.grad = nn.ones(2)
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called on this optimizer since the last"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="a closure is not supported"):
        scaler.step(optimizer, closure=lambda: 0)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="already been called since the last update"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="is being called after step"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="the state is empty"):
        scaler.load_state_dict({})
    for name, value in (("growth_factor", 1.0), ("backoff_factor", 1.0), ("growth_interval", 0)):
        with pytest.raises(ValueError, match=f"GradScaler: {name} is {value}; expected"):
            nn.amp.GradScaler("cpu", **{name: value})
    half = nn.tensor(np.ones(2, np.float16), requires_grad=True)
    half.grad = nn.ones(2, dtype=nn.float16)
    with pytest.raises(ValueError, match="dtype of a gradient is 'float16'; expected float32 or b"):
        nn.amp.GradScaler("cpu").unscale_(nn.optim.SGD([half]))


def test_without_cupy_the_default_device_warns():
    pytest.importorskip("numpy")
    try:
        import cupy  # noqa: F401
    except ImportError:
        with pytest.warns(UserWarning, match="CuPy is not installed"):
            assert not nn.amp.GradScaler().is_enabled()


def gradients(dtype):
    rng = np.random.default_rng(0)
    sizes = (0, 1, 5, 4096, 9000)
    made = [rng.standard_normal(size).astype(dtype) for size in sizes]
    square = rng.standard_normal((6, 700)).astype(dtype)
    return [*made, rng.standard_normal(4097).astype(dtype)[1:], square.T, square[:, ::2].copy().T]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, nn.bfloat16], ids=str)
@pytest.mark.parametrize("mode", ["plain", "sanitized"])
def test_the_kernel_multiplies_and_finds(dtype, mode):
    given = gradients(dtype)
    given.append(np.ones((3, 10), dtype)[:, ::2])  # no row of memory
    expected = [(each.astype(np.float64) * 0.25).astype(dtype) for each in given]
    if mode == "sanitized":
        with sanitized(keep_going=False):
            (count,) = unscale(given, 0.25)
    else:
        (count,) = unscale(given, 0.25)
    assert count.item() == 0
    for found, wanted in zip(given, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("where", [(1, 0), (3, 0), (3, 4095), (4, 8999), (5, 1), (6, (650, 3))])
def test_the_kernel_finds_one_in_any_place(value, where):
    given = gradients(nn.bfloat16)
    array, at = where
    given[array][at] = value
    (count,) = unscale(given, 1.0)
    assert count.item() == 1


def test_the_kernel_refuses_what_is_no_gradient():
    with pytest.raises(TypeError, match=r"unscale: gradient\[0\].dtype is 'int64'"):
        unscale([np.ones(3, np.int64)], 1.0)
    with pytest.raises(ValueError, match=r"unscale: gradient\[0\].flags.writeable is False"):
        unscale([np.broadcast_to(np.float32(1), 3)], 1.0)
    assert unscale([], 1.0) == []
