"""conv_transpose2d is conv2d's input gradient: to the bit, in every algorithm, and its refusals."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.call import Call
from crosscheck.kernels.convolution import conv_transpose2d as transposed
from crosscheck.kernels.memory_format import in_nhwc, is_channels_last

GEOMETRY = dict(stride=(2, 3), padding=1, dilation=(1, 2), groups=2)
FURTHER = (1, 2)  # rows and columns of output padding


def integers(*shape, seed=0):
    """Return integers whose sums are exact in any order."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


X, W, B = integers(2, 4, 5, 3), integers(4, 3, 3, 2, seed=1), integers(6, seed=2)
DY = integers(2, 6, 10, 9, seed=3)


@pytest.mark.parametrize("algorithm", ("direct", "tiled", "blocked", "pipelined"))
def test_every_direction_is_conv2ds_of_another_name(algorithm):
    options = dict(GEOMETRY, output_padding=FURTHER, algorithm=algorithm)
    conv = dict(GEOMETRY, algorithm=algorithm)
    pairs = [
        (
            transposed.forward(X, W, B, **options),
            convolution.input_gradient(DY.shape, W, X, **conv) + B[:, None, None],
        ),
        (
            transposed.input_gradient(X.shape, W, DY, **options),
            convolution.forward(DY, W, **conv),
        ),
        (
            transposed.weight_gradient(X, W.shape, DY, **options),
            convolution.weight_gradient(DY, W.shape, X, **conv),
        ),
    ]
    for ours, expected in pairs:
        np.testing.assert_array_equal(ours, expected, strict=True)
    np.testing.assert_array_equal(transposed.bias_gradient(DY), DY.sum((0, 2, 3)))


def test_room_for_a_window_more_stays_empty():
    """Without output padding conv2d of the output has the input's size; with it, one row more."""
    options = dict(dilation=2, output_padding=1)
    ones = np.ones((1, 1, 3, 3), np.float32), np.ones((1, 1, 2, 2), np.float32)
    y = transposed.forward(*ones, **options)
    assert y.shape == (1, 1, 6, 6) and not y[0, 0, -1].any() and not y[0, 0, :, -1].any()
    assert transposed.input_gradient((1, 1, 3, 3), ones[1], y, **options).shape == (1, 1, 3, 3)


@pytest.mark.parametrize("wide", ("input", "weight"))
def test_the_output_keeps_the_memory_format(wide):
    arrays = {"input": X, "weight": W}
    arrays[wide] = in_nhwc(arrays[wide])
    y = transposed.forward(**arrays, groups=2)
    assert is_channels_last(y.shape, y.strides)


@pytest.mark.parametrize("direction", ("forward", "input_gradient", "weight_gradient"))
def test_a_gpu_chooses_by_what_conv2d_is_predicted_to_take(direction):
    """On any GPU the shared tiles are faster than one output a thread, and never Winograd's."""
    x, w, y = (
        np.empty(shape, np.float32) for shape in ((8, 64, 28, 28), (64, 64, 4, 4), (8, 64, 58, 58))
    )
    given = {
        "forward": (x, w, None),
        "input_gradient": (x.shape, w, y),
        "weight_gradient": (x, w.shape, y),
    }[direction]
    operator = transposed.CONV_TRANSPOSE2D
    options = 2, 0, 0, 1, 1
    call = Call(operator, operator.directions[direction], None, (None,), (*given, *options))
    assert next(iter(call.predictions())) in ("pipelined", "tensor_core_3x")
    assert "winograd" not in operator.algorithms[direction]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(stride=0), "conv_transpose2d: stride is 0; expected an integer of at least 1"),
        (
            dict(stride=2, output_padding=2),
            r"conv_transpose2d: output_padding is 2; expected less than stride=\(2, 2\) or",
        ),
        (
            dict(groups=3),
            r"weight.shape is \(4, 3, 3, 2\); expected a first dimension that divides",
        ),
        (
            dict(padding=(4, 1)),
            r"padding is \(4, 1\); expected less with an input of 5 rows and 3 columns",
        ),
        (dict(padding="same"), "padding is 'same'; expected an integer"),
    ],
)
def test_refusals_name_the_argument(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        transposed.forward(X, W, **options)


def test_an_input_of_other_channels_is_refused():
    message = r"input.shape is \(2, 3, 5, 3\); expected 4 channels, the first dimension of weight"
    with pytest.raises(ValueError, match=message):
        transposed.forward(X[:, :3], W)
