"""Parameters of 16 bits: steps are those of float32 masters, and parameters what these round to."""

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.optimizer import adam, sgd
from crosscheck.nn.utils import clip_grad_norm_

OPTIMIZERS = {
    "SGD": dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": dict(lr=0.1, weight_decay=0.1, amsgrad=True),
    "AdamW": dict(lr=0.1, maximize=True),
    "RMSprop": dict(lr=0.1, momentum=0.9, centered=True, weight_decay=0.1),
    "Adadelta": dict(lr=0.5, weight_decay=0.1),
    "Adagrad": dict(lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2, maximize=True),
    "NAdam": dict(lr=0.1, weight_decay=0.1, decoupled_weight_decay=True),
}
SHAPES = ((3, 5), (4100,), ())
each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS.items(), ids=OPTIMIZERS.keys())
both = pytest.mark.parametrize("dtype", [nn.float16, nn.bfloat16], ids=str)


def numbers(seed, shape, dtype):
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return np.asarray(values).astype(dtype)


def parameters(dtype, as_computed=False):
    made = [numbers(i, shape, dtype) for i, shape in enumerate(SHAPES)]
    made = [each.astype(np.float32) for each in made] if as_computed else made
    return [nn.tensor(np.asarray(each), requires_grad=True) for each in made]


def advance(optimizer, params, dtype, steps, start=0):
    for at in range(start, start + steps):
        for i, parameter in enumerate(params):
            gradient = numbers(100 + 10 * at + i, parameter.shape, dtype)
            parameter.grad = nn.tensor(np.asarray(gradient.astype(parameter.dtype)))
        optimizer.step()


def masters(optimizer, params):
    return [optimizer.state[each]["master"].numpy() for each in params]


@each
@both
@pytest.mark.parametrize("foreach", [True, False])
def test_masters_have_the_bits_of_float32(name, options, dtype, foreach):
    mine, wide = parameters(dtype), parameters(dtype, as_computed=True)
    optimizers = [getattr(nn.optim, name)(x, foreach=foreach, **options) for x in (mine, wide)]
    for optimizer, params in zip(optimizers, (mine, wide), strict=True):
        advance(optimizer, params, dtype, 3)
    for found, expected, rounded in zip(masters(optimizers[0], mine), wide, mine, strict=True):
        np.testing.assert_array_equal(found, expected.numpy())
        np.testing.assert_array_equal(rounded.numpy(), expected.numpy().astype(dtype))
        assert rounded.dtype == dtype
    for state in optimizers[0].state.values():
        arrays = [value for value in state.values() if isinstance(value, nn.Tensor)]
        assert len(arrays) > 1 and {value.dtype for value in arrays} == {nn.float32}


@each
def test_20_steps_are_those_of_torchs_float32(name, options):
    mine = parameters(nn.bfloat16)
    theirs = [torch.nn.Parameter(torch.from_numpy(each.float().numpy().copy())) for each in mine]
    ours, expected = (
        getattr(nn.optim, name)(mine, **options),
        getattr(torch.optim, name)(theirs, **options),
    )
    for at in range(20):
        for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            gradient = numbers(100 + 10 * at + i, a.shape, nn.bfloat16)
            a.grad = nn.tensor(np.asarray(gradient))
            b.grad = torch.from_numpy(np.asarray(gradient.astype(np.float32)))
        ours.step(), expected.step()
    for found, wide in zip(masters(ours, mine), theirs, strict=True):
        np.testing.assert_allclose(found, wide.detach().numpy(), rtol=2e-4, atol=2e-5)


def test_steps_too_small_for_the_parameter_add_up():
    parameter = nn.tensor(np.ones(3, nn.bfloat16), requires_grad=True)
    optimizer = nn.optim.SGD([parameter], lr=1e-3)
    for _ in range(16):
        parameter.grad = nn.ones(3, dtype=nn.bfloat16)
        optimizer.step()
    assert parameter.numpy().tolist() == 3 * [0.984375]  # 1 - 16e-3; each alone is rounded away


@each
@pytest.mark.parametrize("weights_first", [True, False])
def test_a_run_that_is_saved_and_loaded_goes_on_with_the_same_bits(name, options, weights_first):
    def model():
        made = nn.Linear(3, 2).bfloat16()
        return made, getattr(nn.optim, name)(made.parameters(), **options)

    whole, optimizer = model()
    advance(optimizer, list(whole.parameters()), nn.bfloat16, 2)
    saved = {key: nn.tensor(each.numpy().copy()) for key, each in whole.state_dict().items()}
    again, resumed = model()
    if weights_first:
        again.load_state_dict(saved)
    resumed.load_state_dict(optimizer.state_dict())
    if not weights_first:
        again.load_state_dict(saved)
    advance(optimizer, list(whole.parameters()), nn.bfloat16, 2, start=2)
    advance(resumed, list(again.parameters()), nn.bfloat16, 2, start=2)
    pairs = zip(whole.parameters(), again.parameters(), strict=True)
    for (a, b), master in zip(pairs, masters(resumed, again.parameters()), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
        np.testing.assert_array_equal(master, optimizer.state[a]["master"].numpy())


def test_what_others_write_to_a_parameter_counts():
    parameter = nn.tensor(np.ones(3, nn.bfloat16), requires_grad=True)
    optimizer = nn.optim.SGD([parameter], lr=1e-3)
    parameter.grad = nn.ones(3, dtype=nn.bfloat16)
    optimizer.step()
    with nn.no_grad():
        parameter[1] = 2.0
    optimizer.step()
    expected = np.array([1 - 2e-3, 2 - 1e-3, 1 - 2e-3], np.float32)
    np.testing.assert_allclose(masters(optimizer, [parameter])[0], expected, rtol=1e-7)


def test_parameters_of_several_dtypes_in_one_group():
    dtypes = nn.bfloat16, nn.float32, nn.float16
    mixed = [nn.tensor(np.ones(5, dtype), requires_grad=True) for dtype in dtypes]
    optimizer = nn.optim.AdamW(mixed, lr=0.5, foreach=True)
    for each_ in mixed:
        each_.grad = nn.ones(5, dtype=each_.dtype)
    optimizer.step()
    assert [each_.dtype for each_ in mixed] == list(dtypes)
    assert ["master" in optimizer.state[each_] for each_ in mixed] == [True, False, True]
    assert optimizer.state[mixed[0]]["master"].numpy().tolist() == mixed[1].numpy().tolist()


@both
def test_a_sanitized_step_finds_nothing_and_has_the_same_bits(dtype):
    found = []
    for mode in (sanitized(keep_going=False), None):
        params = parameters(dtype)
        optimizer = nn.optim.Adam(params, lr=0.1, foreach=True)
        if mode is None:
            advance(optimizer, params, dtype, 1)
        else:
            with mode:
                advance(optimizer, params, dtype, 1)
        found.append(masters(optimizer, params))
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("layout", [np.transpose, lambda x: np.repeat(x, 2, 1)[:, ::2]])
def test_strided_parameters(layout):
    expected = np.ones((3, 4), np.float32).T - np.float32(0.1)
    parameter, gradient = (layout(np.ones((4, 3), np.float16)) for _ in range(2))
    master = layout(np.ones((4, 3), np.float32))
    for algorithm in ("foreach", "direct"):
        again, wide = parameter.copy(order="K"), master.copy(order="K")
        sgd.step(again, gradient, None, wide, lr=0.1, algorithm=algorithm)
        assert (wide == expected.reshape(wide.shape)).all() and (again == wide.astype("e")).all()


P, HALF = np.ones(3, np.float32), np.ones(3, np.float16)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: sgd.step(HALF, HALF), ValueError, "sgd: master is None; expected a float32 array"),
        (lambda: sgd.step(P, P, None, P), ValueError, "sgd: master is 'an array'; expected None"),
        (lambda: sgd.step(HALF, HALF, None, HALF), TypeError, "master.dtype is 'float16'"),
        (
            lambda: sgd.step(HALF, P, None, P),
            TypeError,
            "gradient.dtype is 'float32'; expected flo",
        ),
        (lambda: adam.step(HALF, HALF, HALF, HALF, None, P, step=1), TypeError, "exp_avg.dtype is"),
        (lambda: sgd.foreach_step([P, HALF], [P, HALF]), ValueError, "sgd: master[1] is None"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error) as problem:
        call()
    assert message in str(problem.value)


@both
def test_clip_grad_norm(dtype):
    mine = parameters(dtype)
    theirs = [torch.nn.Parameter(torch.from_numpy(each.float().numpy().copy())) for each in mine]
    for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        a.grad = nn.tensor(np.asarray(numbers(50 + i, a.shape, dtype) * dtype.type(4096)))
        b.grad = torch.from_numpy(a.grad.float().numpy().copy())
    total, expected = (
        clip_grad_norm_(mine, 2.0),
        torch.nn.utils.clip_grad_norm_(theirs, 2.0),
    )
    np.testing.assert_allclose(total.item(), expected.item(), rtol=1e-5)  # float16 ends at 65504
    unit = 2.0**-11 if dtype == nn.float16 else 2.0**-8
    for a, b in zip(mine, theirs, strict=True):
        assert a.grad.dtype == dtype
        np.testing.assert_allclose(a.grad.float().numpy(), b.grad.numpy(), 1.01 * unit, 2**-24)
