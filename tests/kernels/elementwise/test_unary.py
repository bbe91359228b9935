"""Functions of one array: what follows from a formula and its derivative, and what is refused."""

import inspect
import math

import numpy as np
import pytest
import torch

from crosscheck.kernels.activation import elu, gelu, mish, sigmoid, silu, softplus
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import clamp, exp, log, pow_
from crosscheck.kernels.elementwise.unary import Unary, number
from crosscheck.kernels.launch import device_function, real, sanitized, wide_index

X = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)


@device_function
def bent(x, height, steepness):
    return height + steepness * x


@device_function
def bent_gradient(dy, y, height, steepness):
    return dy * (steepness + real(0) * (y - height))


def _numbers(op: str, height: float, steepness: float = 2.0) -> tuple[float, ...]:
    return number(op, "height", height), number(op, "steepness", steepness)


BENT = Unary("bent", bent, bent_gradient, _numbers)


def test_the_signatures_follow_from_the_options_and_from_what_the_derivative_reads():
    forward, gradient = map(inspect.signature, (BENT.forward, BENT.input_gradient))
    assert list(forward.parameters) == ["input", "height", "steepness", "algorithm", "out"]
    assert list(gradient.parameters)[:3] == ["grad_output", "output", "height"]
    assert forward.parameters["input"].annotation == Array
    assert forward.parameters["steepness"].default == 2.0
    assert silu.SILU.reads == "input" and sigmoid.SIGMOID.reads == "output"


@pytest.mark.parametrize("algorithm", ["direct", "vectorized", None])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_directions_by_position_and_by_name(algorithm, dtype):
    x = X.astype(dtype)
    how = dict(algorithm=algorithm)
    np.testing.assert_allclose(BENT.forward(x, 0.5, 3, **how), 0.5 + 3 * x, rtol=1e-5)
    named = BENT.forward(steepness=3, input=x, height=0.5, **how)
    np.testing.assert_array_equal(named, BENT.forward(x, 0.5, 3, **how))
    np.testing.assert_array_equal(BENT.input_gradient(x, x, 0.5, **how), 2 * x)


def test_the_kernels_have_the_name_of_the_formula_s_module():
    from crosscheck.kernels.elementwise import unary

    made = unary.build(silu.silu).py_func, unary.build(silu.silu_gradient).py_func
    assert [f"{each.__module__}.{each.__qualname__}" for each in made] == [
        "crosscheck.kernels.activation.silu.forward_kernel",
        "crosscheck.kernels.activation.silu.input_gradient_kernel",
    ]


@pytest.mark.parametrize("mode", [wide_index, sanitized])
def test_wide_indices_and_the_sanitizer_change_nothing(mode):
    for algorithm in ("direct", "vectorized"):
        expected = silu.forward(X, algorithm=algorithm)
        with mode():
            np.testing.assert_array_equal(silu.forward(X, algorithm=algorithm), expected)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: elu.forward(X, "1"), TypeError, "elu: alpha is '1'; expected a number"),
        (lambda: elu.forward(X, 1.0, 2.0), TypeError, "too many positional arguments"),
        (lambda: elu.forward(X, beta=1), TypeError, "unexpected keyword argument 'beta'"),
        (lambda: pow_.forward(X), TypeError, "missing a required argument: 'exponent'"),
        (lambda: gelu.forward(X, "erf"), ValueError, "gelu: approximate is 'erf'; expected"),
        (lambda: softplus.forward(X, 1, None), TypeError, "softplus: threshold is None; expected"),
        (lambda: clamp.forward(X), ValueError, "clamp: min is None; expected a number where"),
        (lambda: exp.forward(X.astype(int)), TypeError, "exp: input.dtype is 'int64'; expected"),
        (lambda: silu.input_gradient(X, X[:1]), ValueError, "silu input_gradient: input.shape is"),
        (lambda: exp.input_gradient(X, X[:1]), ValueError, "exp input_gradient: output.shape is"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("kernels", "function", "x"),
    [
        (sigmoid, torch.sigmoid, -100.0),
        (silu, torch.nn.functional.silu, -100.0),
        (mish, torch.nn.functional.mish, -100.0),
        (softplus, torch.nn.functional.softplus, -80.0),
        (elu, torch.nn.functional.elu, -1e-7),
        (gelu, lambda x: x * math.erfc(-x * math.sqrt(0.5)) / 2, -9.0),
    ],
    ids=["sigmoid", "silu", "mish", "softplus", "elu", "gelu"],
)
def test_small_results_keep_their_digits_in_float32(kernels, function, x):
    exact = float(function(torch.tensor(np.float32(x), dtype=torch.float64)))
    (computed,) = kernels.forward(np.array([x], np.float32))
    assert computed != 0
    assert abs(computed - exact) <= 1e-5 * abs(exact) + 100 * 2.0**-149


def test_what_is_large_does_not_overflow_on_the_way():
    x = np.array([3e38, 100.0], np.float32)
    for kernels in (silu, mish, gelu):
        np.testing.assert_array_equal(kernels.forward(x), x)
        np.testing.assert_array_equal(kernels.input_gradient(np.ones_like(x), x), [1, 1])
    np.testing.assert_array_equal(softplus.forward(x, threshold=1e30), x)
    assert log.forward(np.array([0.0]))[0] == -math.inf
