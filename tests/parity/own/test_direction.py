"""A function as an algorithm of one direction: what it gets, what is refused, what it returns."""

import numpy as np
import pytest
import torch

from crosscheck import kernels
from crosscheck.kernels import convolution, tuned, tuning
from crosscheck.kernels.activation import relu
from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.pooling import max_pool2d
from crosscheck.parity.own import algorithm

X, W, B = (np.ones(size, np.float32) for size in ((2, 4, 6, 7), (3, 4, 2, 3), (3,)))


def noted(op, direction="forward", **how):
    """Register a function of everything that fills its outputs with 7; return what it gets."""
    seen = {}

    @algorithm(op, direction, name="noted", **how)
    def note(**given):
        seen.update(given)
        given["out"][...] = 7

    return seen


def test_it_runs_by_its_name_and_never_without():
    noted("conv2d")
    assert (convolution.forward(X, W, algorithm="noted") == 7).all()
    assert (convolution.forward(X, W) == 24).all()
    assert "noted" not in tuning.predict(convolution.forward, X, W)  # nor on a GPU


def test_arrays_are_the_callers_own():
    seen = noted("conv2d")
    out = np.empty((2, 3, 5, 5), np.float32)
    convolution.forward(X, W, algorithm="noted", out=out)
    assert seen["input"] is X and seen["weight"] is W and seen["out"] is out
    assert seen["bias"] is None and (out == 7).all()
    convolution.forward(X[0], W, B, algorithm="noted")
    assert seen["input"].shape == (4, 6, 7) and seen["bias"] is B


@pytest.mark.parametrize(
    "given, pairs",
    [
        ({}, ((1, 1), (0, 0), (1, 1))),
        ({"stride": 2, "padding": (1, 0), "dilation": [2]}, ((2, 2), (1, 0), (2, 2))),
        ({"padding": "valid"}, ((1, 1), (0, 0), (1, 1))),
        ({"padding": "same"}, ((1, 1), "same", (1, 1))),  # one row, at the end
        ({"padding": "same", "dilation": 2}, ((1, 1), (1, 2), (2, 2))),
    ],
)
def test_options_come_as_pairs(given, pairs):
    seen = noted("conv2d")
    convolution.forward(X, W, **given, algorithm="noted")
    assert (seen["stride"], seen["padding"], seen["dilation"]) == pairs
    assert seen["groups"] == 1


def test_a_pool_steps_by_its_window_unless_told_otherwise():
    seen = {}

    @algorithm("max_pool2d", name="noted")
    def note(kernel_size, stride, out, indices):
        seen.update(kernel_size=kernel_size, stride=stride)

    max_pool2d.forward(X, 2, algorithm="noted")
    assert seen == {"kernel_size": (2, 2), "stride": (2, 2)}


def test_the_problem_is_there_for_who_asks():
    @algorithm("conv2d", name="asks")
    def ask(problem, out):
        out[...] = problem.p * 100 + problem.corner[1]

    assert (convolution.forward(X, W, B, padding=(0, 2), algorithm="asks") == 502).all()


@pytest.mark.parametrize("given", [{"bias": B}, {"padding": 1}, {"dilation": (1, 2)}])
def test_what_it_has_no_parameter_for_is_refused(given):
    @algorithm("conv2d", name="few")
    def few(input, weight, stride, out):
        out[...] = 1

    convolution.forward(X, W, stride=2, padding=(0, 0), dilation=[1], algorithm="few")
    with pytest.raises(Unsupported, match=f"few has no parameter {next(iter(given))}"):
        convolution.forward(X, W, **given, algorithm="few")


def test_a_device_that_it_does_not_run_on_is_refused():
    noted("conv2d", device="cuda")
    with pytest.raises(Unsupported, match="noted runs on cuda alone"):
        convolution.forward(X, W, algorithm="noted")


def test_tensors_share_the_memory_of_arrays():
    @algorithm("conv2d", name="theirs", arrays="torch")
    def theirs(input, weight, bias, stride, padding, dilation, groups, out):
        assert input.data_ptr() == X.ctypes.data and input.stride() == (168, 42, 7, 1)
        out[...] = torch.conv2d(input, weight, bias, stride, padding, dilation, groups)

    y = convolution.forward(X, W, B, padding=1, algorithm="theirs")
    assert np.array_equal(y, convolution.forward(X, W, B, padding=1))


def test_an_array_that_no_tensor_can_be_is_refused():
    noted("relu", arrays="torch")
    with pytest.raises(Unsupported, match="input has a negative stride"):
        relu.forward(X[::-1], algorithm="noted")


def test_torch_is_refused_under_the_sanitizer_which_would_see_nothing():
    noted("relu", arrays="torch")
    with sanitized(), pytest.raises(Unsupported, match="the sanitizer watches"):
        relu.forward(X, algorithm="noted")


def test_what_a_function_returns_is_copied_to_its_outputs():
    @algorithm("max_pool2d", name="returns", arrays="torch")
    def returns(input, kernel_size, stride):
        pool = torch.nn.functional.max_pool2d
        return pool(input, kernel_size, stride, return_indices=True)

    x = np.random.default_rng(0).standard_normal((2, 4, 6, 7), np.float32)
    for ours, theirs in zip(
        max_pool2d.forward(x, 2), max_pool2d.forward(x, 2, algorithm="returns"), strict=True
    ):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "result, found",
    [
        (np.ones(7, np.float32), r"float32 \(7,\)"),  # would broadcast
        (np.ones((2, 4, 6, 7)), r"float64 \(2, 4, 6, 7\)"),  # would be rounded
        (None, "NoneType"),
    ],
)
def test_a_result_that_an_assignment_would_bend_is_an_error(result, found):
    algorithm("relu", name="bent")(lambda input: result)
    with pytest.raises(ValueError, match=f"{found} for out; expected float32"):
        relu.forward(X, algorithm="bent")


def test_tuning_measures_it_beside_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    monkeypatch.setattr(tuned, "_known", None)  # and back: what it remembers is its own
    noted("relu")
    assert {"noted", "direct"} <= kernels.tune(relu.forward, X).seconds.keys()


@pytest.mark.parametrize(
    "where, message",
    [
        ({"op": "conv3d"}, "op is 'conv3d'; expected one of 'conv2d'"),
        ({"op": "relu", "direction": "weight_gradient"}, "direction of relu is 'weight_gradient'"),
        ({"op": "relu", "arrays": "jax"}, "arrays is 'jax'; expected one of 'native', 'torch'"),
        ({"op": "relu", "device": "tpu"}, "device is 'tpu'"),
        ({"op": "relu", "rounds_like": "winograd"}, "rounds_like is 'winograd'"),
        ({"op": "linear"}, "parameter 'x' of <lambda>; linear forward has input, weight, bias"),
        ({"op": "max_pool2d"}, "parameter 'x'"),
    ],
)
def test_what_does_not_exist_is_refused_at_once(where, message):
    with pytest.raises(ValueError, match=message):
        algorithm(**{"name": "mine", **where})(lambda x, out: None)


def test_outputs_are_all_named_or_none():
    with pytest.raises(ValueError, match="outputs of <lambda> is 'out'; expected all of out, ind"):
        algorithm("max_pool2d", name="mine")(lambda input, out: None)


def test_no_algorithm_of_ours_has_its_name():
    with pytest.raises(ValueError, match="'tiled'; expected another: an algorithm of ours"):
        algorithm("relu", name="tiled")(lambda input, out: None)


def test_a_name_is_taken_once_in_each_direction():
    algorithm("relu", "forward", name="mine")(lambda input, out: None)
    algorithm("relu", "input_gradient", name="mine")(lambda grad_output, out: None)
    with pytest.raises(ValueError, match="'mine'; expected another: relu forward has it"):
        algorithm("relu", "forward", name="mine")(lambda input, out: None)
