"""Batch normalisation against PyTorch in float64: output, gradients, running statistics."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.dtypes import SHORT
from crosscheck.kernels.launch import Kernel, sanitized, wide_index
from crosscheck.kernels.normalization import batch_norm

NAN, INF = float("nan"), float("inf")
SHAPES = {
    "vectors": (5, 3),
    "rows": (2, 3, 7),
    "images": (3, 2, 5, 4),
    "volumes": (2, 2, 3, 2, 4),
    "six dimensions": (2, 3, 1, 2, 2, 2),
    "two values a channel": (2, 3),
    "one image": (1, 3, 4, 5),
    "one channel": (4, 1, 3, 3),
    "one value for most threads": (9, 2, 3, 5),
    "more values than threads": (7, 2, 13, 5),
    "rows longer than a block": (2, 2, 150),
}
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
both_modes = pytest.mark.parametrize("training", [True, False])


class Case:
    """Random arguments, and PyTorch's results for them in float64."""

    def __init__(self, shape, dtype=np.float64, affine=True, running=True, mean=0.0):
        rng = np.random.default_rng(0)
        channels = shape[1]
        self.x = (rng.standard_normal(shape) + mean).astype(dtype)
        self.dy = rng.standard_normal(shape).astype(dtype)
        draw = rng.standard_normal((3, channels)).astype(dtype)
        self.weight, self.bias = (draw[0], draw[1]) if affine else (None, None)
        var = rng.uniform(0.5, 2, channels).astype(dtype)
        self.running = (draw[2], var) if running else (None, None)

    def torch(self, training, momentum=0.1, eps=1e-5):
        """Output, gradients of input, weight, bias, and the running statistics afterwards."""
        x, weight, bias = (
            None if a is None else torch.tensor(a, dtype=torch.float64, requires_grad=True)
            for a in (self.x, self.weight, self.bias)
        )
        running = [
            None if a is None else torch.tensor(a, dtype=torch.float64) for a in self.running
        ]
        y = torch.nn.functional.batch_norm(x, *running, weight, bias, training, momentum, eps)
        y.backward(torch.tensor(self.dy, dtype=torch.float64))
        results = [y.detach(), *(each.grad for each in (x, weight, bias) if each is not None)]
        return [each.numpy() for each in results + [a for a in running if a is not None]]

    def ours(self, training, momentum=0.1, eps=1e-5):
        running = [None if a is None else a.copy() for a in self.running]
        y, mean, rstd = batch_norm.forward(
            self.x, *running, self.weight, self.bias, training, momentum, eps
        )
        results = [y, self.input_gradient(mean, rstd, training)]
        if self.weight is not None:
            results.append(batch_norm.weight_gradient(self.dy, self.x, mean, rstd))
            results.append(batch_norm.bias_gradient(self.dy))
        return results + [a for a in running if a is not None]

    def input_gradient(self, mean, rstd, training):
        return batch_norm.input_gradient(self.dy, self.x, mean, rstd, self.weight, training)


def assert_close(ours, theirs, dtype, scale=1.0):
    tolerance = 200 * np.finfo(dtype).eps * scale  # parity holds it against a derived bound
    for actual, expected in zip(ours, theirs, strict=True):
        assert actual.dtype == dtype
        np.testing.assert_allclose(actual, expected, tolerance, tolerance)


@shapes
@dtypes
@both_modes
def test_everything_is_torchs(shape, dtype, training):
    case = Case(shape, dtype)
    assert_close(case.ours(training), case.torch(training), dtype)


@both_modes
@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_optional_arguments(training, affine, running):
    if training or running:
        case = Case((4, 3, 2, 5), affine=affine, running=running)
        assert_close(case.ours(training), case.torch(training), np.float64)


@pytest.mark.parametrize("momentum", [0.0, 0.1, 0.5, 1.0, 1, -0.5, 2.5])
def test_momentum(momentum):
    case = Case((4, 3, 2))
    assert_close(case.ours(True, momentum), case.torch(True, momentum), np.float64)


@both_modes
@pytest.mark.parametrize("eps", [1e-12, 1e-3, 1, 10.0])
def test_eps(training, eps):
    case = Case((4, 3, 2))
    assert_close(case.ours(training, eps=eps), case.torch(training, eps=eps), np.float64)


def test_running_variance_is_unbiased():
    mean, var = np.zeros(1), np.zeros(1)
    batch_norm.forward(np.array([[1.0], [3.0]]), mean, var, training=True, momentum=1.0)
    assert mean == 2 and var == 2


def test_a_mean_far_from_zero_costs_only_its_own_rounding():
    """E[x^2] - E[x]^2 would leave no digit: the mean's square is 10^8 times the variance."""
    case = Case((50, 3, 4, 5), np.float32, mean=1e4)
    ours, theirs = case.ours(True), case.torch(True)
    # The mean is rounded to float32, by at most 2^-11 at 10^4: in units of the deviation, 1.
    np.testing.assert_allclose(ours[0], theirs[0], atol=2**-11 * 2 * np.abs(case.weight).max())
    np.testing.assert_allclose(ours[-1], theirs[-1], rtol=1e-6)  # the running variance


def test_a_constant_channel_is_exactly_its_bias():
    x = np.full((4, 2, 3, 3), np.float32(0.1))
    bias = np.array([2, -3], np.float32)
    y, mean, rstd = batch_norm.forward(x, bias=bias, training=True, eps=1e-5)
    assert (mean == np.float32(0.1)).all()
    np.testing.assert_array_equal(y, np.broadcast_to(bias[:, None, None], x.shape))
    np.testing.assert_allclose(rstd, 1e-5**-0.5, 1e-6)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_nan_and_infinity_stay_in_their_channel(value):
    case = Case((3, 2, 2, 2))
    case.x[1, 1, 0, 1] = value
    for actual, expected in zip(case.ours(True), case.torch(True), strict=True):
        np.testing.assert_allclose(actual, expected, 1e-12, 1e-12)


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2, 2), (2, 3, 0)])
@both_modes
def test_zero_size(shape, training):
    case = Case(shape)
    for actual, expected in zip(case.ours(training), case.torch(training), strict=True):
        np.testing.assert_array_equal(actual, expected)


@both_modes
def test_no_channels(training):
    results = Case((2, 0, 2)).ours(training)  # PyTorch takes it where there is no weight
    assert [each.shape for each in results] == [(2, 0, 2)] * 2 + [(0,)] * 4


def test_a_vector_without_elements_has_no_channels_as_in_torch():
    nothing = np.zeros(0)
    assert batch_norm.forward(nothing, nothing, nothing)[0].shape == (0,)


LAYOUTS = {
    "channels_last": lambda a: np.ascontiguousarray(a.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second element": lambda a: np.repeat(a, 2, axis=3)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[:, :, ::-1, ::-1])[:, :, ::-1, ::-1],
    "cut out": lambda a: np.pad(a, 1)[1:-1, 1:-1, 1:-1, 1:-1],
}


@both_modes
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_strides_and_every_element_of_out_written(layout, training):
    case = Case((2, 3, 4, 5))
    expected = case.ours(training)
    per_channel = [np.repeat(each, 2)[::2] for each in (*case.running, case.weight, case.bias)]
    x, dy = layout(case.x), layout(case.dy)
    out = layout(np.full_like(case.x, NAN))
    used = {name: np.full(6, NAN)[::2] for name in ("mean", "rstd")}
    y, mean, rstd = batch_norm.forward(x, *per_channel, training, out=out, **used)
    assert y is out and mean is used["mean"] and rstd is used["rstd"]
    out = layout(np.full_like(case.x, NAN))
    dx = batch_norm.input_gradient(dy, x, mean, rstd, case.weight, training, out=out)
    assert dx is out
    out = np.full(6, NAN)[::2]
    dweight = batch_norm.weight_gradient(dy, x, mean, rstd, out=out)
    assert dweight is out
    results = y, dx, dweight, batch_norm.bias_gradient(dy), *per_channel[:2]
    for actual, wanted in zip(results, expected, strict=True):
        np.testing.assert_array_equal(actual, wanted, strict=True)
    np.testing.assert_array_equal(x, case.x)
    np.testing.assert_array_equal(dy, case.dy)


@both_modes
@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode, training):
    for shape in SHAPES.values():
        case = Case(shape, np.float32)
        expected = case.ours(training)
        with mode():
            for actual, wanted in zip(case.ours(training), expected, strict=True):
                np.testing.assert_array_equal(actual, wanted, strict=True)


def test_same_bits_twice():
    case = Case((9, 3, 7, 5), np.float32)
    for first, second in zip(case.ours(True), case.ours(True), strict=True):
        assert first.tobytes() == second.tobytes()


def test_evaluation_leaves_the_running_statistics():
    case = Case((3, 2, 4))
    kept = [each.copy() for each in case.running]
    batch_norm.forward(case.x, *case.running, training=False)
    for actual, expected in zip(case.running, kept, strict=True):
        np.testing.assert_array_equal(actual, expected)


X, C = np.zeros((2, 3, 4)), np.ones(3)
READ_ONLY = np.ones(3)
READ_ONLY.flags.writeable = False
BAD = [
    (dict(input=None), TypeError, "input is 'builtins.NoneType'; expected a NumPy or CuPy array"),
    (dict(input=X.astype(int)), TypeError, "input.dtype is 'int64'; expected float32, float64"),
    (dict(input=X[0, 0]), ValueError, "input.shape is (4,); expected at least 2 dimensions"),
    (dict(running_mean=None), ValueError, "running_mean is None; expected an array where training"),
    (dict(running_var=None), ValueError, "running_var is None; expected an array where training"),
    (dict(running_var=None, training=True), ValueError, "running_var is None; expected an array, "),
    (
        dict(running_mean=None, training=True),
        ValueError,
        "running_mean is None; expected an array,",
    ),
    (dict(running_mean=C[:2]), ValueError, "running_mean.shape is (2,); expected (3,)"),
    (dict(running_var=C[None]), ValueError, "running_var.shape is (1, 3); expected (3,)"),
    (
        dict(running_var=READ_ONLY, training=True),
        ValueError,
        "running_var.flags.writeable is False",
    ),
    (dict(weight=C[:2]), ValueError, "weight.shape is (2,); expected (3,)"),
    (dict(bias=C[:1]), ValueError, "bias.shape is (1,); expected (3,)"),
    (dict(weight=C.astype(np.float32)), TypeError, "weight.dtype is 'float32'; expected float64"),
    (dict(training=1), TypeError, "training is 1; expected True or False"),
    (dict(training=None), TypeError, "training is None; expected True or False"),
    (dict(momentum=None), TypeError, "momentum is None; expected a number"),
    (dict(momentum="0.1"), TypeError, "momentum is '0.1'; expected a number"),
    (dict(eps=-1e-5), ValueError, "eps is -1e-05; expected a number of at least 0"),
    (dict(eps=0, training=True), ValueError, "eps is 0; expected a number above 0"),
    (dict(eps=None), TypeError, "eps is None; expected a number"),
    (
        dict(input=X[:1, :, :1], training=True),
        ValueError,
        "input.shape is (1, 3, 1); expected more",
    ),
    (
        dict(algorithm="fast"),
        ValueError,
        "algorithm is 'fast'; expected None or one of ['one_",
    ),
    (dict(out=X[0]), ValueError, "out.shape is (3, 4); expected (2, 3, 4)"),
    (dict(rstd=C[:2]), ValueError, "rstd.shape is (2,); expected (3,)"),
]
BAD_GRADIENT = [
    (dict(grad_output=X[0]), ValueError, "grad_output.shape is (3, 4); expected (2, 3, 4)"),
    (dict(grad_output=X[:1]), ValueError, "grad_output.shape is (1, 3, 4); expected (2, 3, 4)"),
    (dict(grad_output=X.astype(np.float32)), TypeError, "grad_output.dtype is 'float32'; expected"),
    (dict(mean=C[:2]), ValueError, "mean.shape is (2,); expected (3,)"),
    (dict(rstd=None), TypeError, "rstd is 'builtins.NoneType'; expected a NumPy or CuPy array"),
    (dict(weight=C[:2]), ValueError, "weight.shape is (2,); expected (3,)"),
    (dict(training=0), TypeError, "training is 0; expected True or False"),
]


@pytest.fixture
def no_launch(monkeypatch):
    def refuse(*_):
        raise AssertionError("a kernel was launched")

    monkeypatch.setattr(Kernel, "__getitem__", refuse)


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_forward_raises_before_any_launch(change, error, message, no_launch):
    with pytest.raises(error) as raised:
        batch_norm.forward(**dict(input=X, running_mean=C, running_var=C) | change)
    assert f"batch_norm: {message}" in str(raised.value)


@pytest.mark.parametrize(("change", "error", "message"), BAD_GRADIENT)
def test_bad_gradient_raises_before_any_launch(change, error, message, no_launch):
    arguments = dict(grad_output=X, input=X, mean=C, rstd=C) | change
    with pytest.raises(error) as raised:
        batch_norm.input_gradient(**arguments)
    assert f"batch_norm input_gradient: {message}" in str(raised.value)


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("algorithm", batch_norm.ALGORITHMS["weight_gradient"])
def test_16_bits_beside_float32_statistics_and_weights(dtype, algorithm):
    case = Case((4, 3, 5, 4), np.float32)
    x, dy = case.x.astype(dtype), case.dy.astype(dtype)
    wide = x.astype(np.float32), dy.astype(np.float32)
    given = dict(weight=case.weight, bias=case.bias, training=True, algorithm=algorithm)
    y, *saved = batch_norm.forward(x, **given)
    wanted, *same = batch_norm.forward(wide[0], **given)
    assert y.dtype == dtype and {each.dtype.name for each in saved} == {"float32"}
    assert np.array_equal(y, wanted.astype(dtype)) and np.array_equal(saved, same)
    short = batch_norm.weight_gradient(dy, x, *saved, algorithm=algorithm)
    real = batch_norm.weight_gradient(dy, x, *saved, out=np.empty(3, np.float32))
    assert short.dtype == dtype and np.array_equal(short, real.astype(dtype))
    with pytest.raises(TypeError, match="mean.dtype is .* expected float32, beside input"):
        batch_norm.input_gradient(dy, x, saved[0].astype(dtype), saved[1])
