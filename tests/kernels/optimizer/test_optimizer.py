"""The optimizers' steps against PyTorch's: 20 in a row, each on the state the last one left."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.optimizer import adam, adamw, sgd

STEPS = 20
OPTIONS = {
    "sgd": [
        dict(),
        dict(weight_decay=0.1, maximize=True),
        dict(momentum=0.9),
        dict(momentum=0.9, dampening=0.3, weight_decay=0.01),
        dict(momentum=0.9, nesterov=True, weight_decay=0.01, maximize=True),
    ],
    "adam": [
        dict(),
        dict(betas=(0.3, 0.7), eps=1e-3),  # 1 - 0.3 is the far side of torch's lerp
        dict(weight_decay=0.1),
        dict(amsgrad=True, betas=(0.9, 0.5)),
        dict(amsgrad=True, weight_decay=0.1, maximize=True),
    ],
}
OPTIONS["adamw"] = [*OPTIONS["adam"], dict(weight_decay=0.0)]
TORCH = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
CASES = [(name, options) for name, many in OPTIONS.items() for options in many]
cases = pytest.mark.parametrize(
    ("name", "options"), CASES, ids=[f"{name} {options}" for name, options in CASES]
)


def random(shape, dtype, seed):
    """Return float32 numbers in either dtype, so that runs differ by their arithmetic alone."""
    return np.array(np.random.default_rng(seed).standard_normal(shape, np.float32), dtype)


def gradient(shape, dtype, at):
    """Return step `at`'s gradient: of changing sign and size, so that amsgrad's maximum matters."""
    return np.array(random(shape, dtype, 100 + at) * 2 ** (at % 5), dtype)


def torchs(name, options, shape, dtype, lr=0.05):
    """Return PyTorch's parameter after every step."""
    parameter = torch.nn.Parameter(torch.from_numpy(random(shape, dtype, 0)))
    optimizer = TORCH[name]([parameter], lr, foreach=False, **options)
    result = []
    for at in range(STEPS):
        parameter.grad = torch.from_numpy(gradient(shape, dtype, at))
        optimizer.step()
        result.append(parameter.detach().numpy().copy())
    return result


def ours(name, options, shape, dtype, layout=np.copy, lr=0.05):
    """Return our parameter after every step."""
    options = dict(options)
    amsgrad = options.pop("amsgrad", False)
    parameter = layout(random(shape, dtype, 0))
    state = [layout(np.zeros(shape, dtype)) for _ in range(3)]
    result = []
    for at in range(STEPS):
        g = layout(gradient(shape, dtype, at))
        if name == "sgd":
            buffer = layout(np.full(shape, np.nan, dtype)) if at == 0 else state[0]
            state[0] = buffer  # poisoned: the first step must not read it
            sgd.step(parameter, g, buffer, lr=lr, first=at == 0, **options)
        else:
            module = adam if name == "adam" else adamw
            means = state if amsgrad else state[:2]
            module.step(parameter, g, *means, step=at + 1, lr=lr, **options)
        result.append(np.array(parameter))
    return result


@cases
def test_20_steps_are_torchs_in_float64(name, options):
    expected = torchs(name, options, (3, 7), np.float64)
    for mine, theirs in zip(ours(name, options, (3, 7), np.float64), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=0, strict=True)


@cases
def test_20_steps_in_float32_end_no_further_off_than_torch(name, options):
    shape = (300,)
    exact = torchs(name, options, shape, np.float64)[-1]
    mine = abs(ours(name, options, shape, np.float32)[-1] - exact).max()
    theirs = abs(torchs(name, options, shape, np.float32)[-1] - exact).max()
    assert mine <= 2 * theirs


LAYOUTS = {
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
}


@cases
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_layout(name, options, layout):
    contiguous = ours(name, options, (3, 4), np.float32)
    strided = ours(name, options, (3, 4), np.float32, layout)
    np.testing.assert_array_equal(strided, contiguous)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)])
@pytest.mark.parametrize("name", OPTIONS)
def test_any_shape(name, shape):
    options = dict(momentum=0.9) if name == "sgd" else dict(amsgrad=True)
    expected = torchs(name, options, shape, np.float64)
    np.testing.assert_allclose(ours(name, options, shape, np.float64), expected, rtol=1e-12)


@cases
@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(name, options, mode):
    expected = ours(name, options, (300,), np.float32)
    with mode():
        np.testing.assert_array_equal(ours(name, options, (300,), np.float32), expected)


def test_gradients_are_not_written_and_gaps_stay():
    whole, g = np.full((2, 6), 7.0), random((2, 3), np.float64, 0)
    kept = g.copy()
    sgd.step(whole[:, ::2], g, lr=0.1, maximize=True, weight_decay=0.1)
    np.testing.assert_array_equal(g, kept)
    assert (whole[:, 1::2] == 7).all() and (whole[:, ::2] != 7).all()


def test_amsgrad_keeps_a_nan_as_torch_maximum_does():
    p, g, m, v = (np.ones(1) for _ in range(4))
    largest = np.array([np.nan])
    adam.step(p, g, m, v, largest, step=1)
    assert np.isnan(largest[0]) and np.isnan(p[0])


def test_a_mean_that_forgets_everything_keeps_the_sign_of_a_zero():
    p, g, m, v = np.ones(2), np.float64([-0.0, 0.0]), np.zeros(2), np.zeros(2)
    adam.step(p, g, m, v, step=1, betas=(0.0, 0.9))
    np.testing.assert_array_equal(np.signbit(m), [True, False])


def test_a_product_and_its_sum_round_once_together():
    p, g, m = (random(1000, np.float32, seed) for seed in range(3))
    lr, weight = np.float32(0.1), np.float32(1 - 0.7)
    fused = np.float32(np.float64(p) - np.float64(lr) * g)  # in float64 the product is exact
    mean = np.float32(np.float64(m) + np.float64(weight) * (g - m))
    assert (fused != p - lr * g).any() and (mean != m + weight * (g - m)).any()
    updated = p.copy()
    sgd.step(updated, g, lr=float(lr))
    np.testing.assert_array_equal(updated, fused)
    adam.step(p, g, m, np.zeros_like(p), step=1, betas=(0.7, 0.9))
    np.testing.assert_array_equal(m, mean)


P = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: sgd.step(p, P, lr=-1), ValueError, "sgd: lr is -1; expected a number of at"),
        (lambda p: sgd.step(p, P, lr="1"), TypeError, "sgd: lr is '1'; expected a number"),
        (lambda p: sgd.step(p, P, momentum=-0.5), ValueError, "sgd: momentum is -0.5"),
        (lambda p: sgd.step(p, P, momentum=0.5), ValueError, "sgd: momentum_buffer is None"),
        (lambda p: sgd.step(p, P, nesterov=True), ValueError, "sgd: nesterov is True; expected"),
        (
            lambda p: sgd.step(p, P, P, momentum=1, dampening=1, nesterov=True),
            ValueError,
            "sgd: nesterov is True; expected False",
        ),
        (lambda p: sgd.step(p, P[:1]), ValueError, "sgd: gradient.shape is (1, 3); expected"),
        (lambda p: sgd.step(p, P.astype("f4")), TypeError, "sgd: gradient.dtype is 'float32'"),
        (lambda p: sgd.step(p, None), TypeError, "sgd: gradient is 'builtins.NoneType'"),
        (lambda p: sgd.step(p, P, algorithm="x"), ValueError, "sgd: algorithm is 'x'; expected"),
        (lambda p: adam.step(p, P, P, P, step=0), ValueError, "adam: step is 0; expected"),
        (lambda p: adam.step(p, P, P, P, step=1, eps=-1), ValueError, "adam: eps is -1"),
        (
            lambda p: adam.step(p, P, P, P, step=1, betas=(0.9, 1.0)),
            ValueError,
            "adam: betas is 1.0; expected a number of at least 0 and below 1",
        ),
        (lambda p: adam.step(p, P, P, P, step=1, betas=0.9), ValueError, "adam: betas is 0.9"),
        (
            lambda p: adam.step(p, P, P, None, step=1),
            TypeError,
            "adam: exp_avg_sq is 'builtins.NoneType'",
        ),
        (lambda p: adamw.step(p, P, P, P, step=1, weight_decay=-1), ValueError, "adamw: weight_"),
        (lambda p: adamw.step(p, P, P[:1], P, step=1), ValueError, "adamw: exp_avg.shape is"),
    ],
)
def test_bad_input_raises_and_changes_nothing(call, error, message):
    parameter = P.copy()
    with pytest.raises(error) as raised:
        call(parameter)
    assert message in str(raised.value)
    assert (parameter == 1).all() and (P == 1).all()


def test_a_parameter_that_cannot_be_written_is_refused():
    fixed = P.copy()
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="sgd: parameter.flags.writeable is False; expected True"):
        sgd.step(fixed, P)
