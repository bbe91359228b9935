"""A direction's arguments follow from the names of its parameters."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.operator import bind
from crosscheck.kernels.pooling import max_pool2d


def gradient(grad_output, indices, input_size, stride, padding=0, *, algorithm=None, out=None):
    """The signature of a direction."""


def test_tensors_options_and_sizes_find_their_parameters():
    tensors = {"grad_output": np.ones(3), "indices": np.ones(3), "input": np.zeros((2, 5))}
    bound = bind(gradient, tensors, {"stride": 2, "padding": 1, "groups": 4})
    assert bound["grad_output"] is tensors["grad_output"]
    assert bound["indices"] is tensors["indices"]
    assert (bound["input_size"], bound["stride"], bound["padding"]) == ((2, 5), 2, 1)
    assert set(bound) == {"grad_output", "indices", "input_size", "stride", "padding"}


def test_what_is_absent_is_left_to_its_default():
    tensors = dict.fromkeys(("grad_output", "indices", "input"), np.ones(3))
    assert "padding" not in bind(gradient, tensors, {"stride": 1})


def test_a_missing_argument_is_named():
    with pytest.raises(TypeError, match="gradient: nothing for stride among grad_output, indices"):
        bind(gradient, dict.fromkeys(("grad_output", "indices", "input"), np.ones(3)), {})


def test_an_option_called_size_is_not_taken_for_a_shape():
    def forward(input, output_size): ...

    tensors = {"input": np.zeros((2, 5)), "output": np.zeros(7)}
    assert bind(forward, tensors, {"output_size": 3})["output_size"] == 3


def test_an_optional_tensor_may_be_none():
    x = np.ones((1, 1, 3, 3), np.float32)
    bound = bind(convolution.forward, {"input": x, "weight": x, "bias": None}, {"padding": 1})
    assert bound["bias"] is None
    assert convolution.forward(**bound, algorithm="direct").shape == (1, 1, 3, 3)


def test_outputs_are_not_taken_from_the_tensors():
    x, saved = np.ones((1, 1, 2, 2), np.float32), np.zeros((1, 1, 1, 1), np.int64)
    bound = bind(max_pool2d.forward, {"input": x, "indices": saved}, {"kernel_size": 2})
    assert set(bound) == {"input", "kernel_size"}


def test_every_direction_of_convolution_is_called_by_name():
    x, w, dy = np.ones((2, 3, 5, 5)), np.ones((4, 3, 3, 3)), np.ones((2, 4, 3, 3))
    tensors = {"input": x, "weight": w, "bias": np.ones(4), "grad_output": dy}
    shapes = {"forward": dy.shape, "input_gradient": x.shape, "weight_gradient": w.shape}
    for direction, shape in {**shapes, "bias_gradient": (4,)}.items():
        function = getattr(convolution, direction)
        assert function(**bind(function, tensors, {})).shape == shape
