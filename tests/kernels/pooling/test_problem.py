"""Output sizes and checks, each against what torch.nn.functional does with the same arguments."""

import itertools

import pytest
import torch
from torch.nn.functional import max_pool2d

from crosscheck.kernels.pooling.problem import Problem, create


def problem(input_size, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return create(
        "pool", "input_size", input_size, kernel_size, stride, padding, dilation, ceil_mode
    )


GEOMETRIES = list(
    itertools.product(
        [(1, 1, 1, 1), (2, 3, 6, 7), (1, 1, 9, 4), (0, 2, 5, 5), (3, 5, 8)],  # input
        [1, 2, 3, (3, 2), (5, 1), 9],  # window
        [None, 1, 2, 3, (2, 1), 7],  # stride
        [0, 1, (1, 0), 2],  # padding
        [1, 2, (3, 1)],  # dilation
    )
)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_output_size_and_rejections_are_torchs(ceil_mode):
    for geometry in GEOMETRIES:
        shape, *arguments = geometry
        try:
            expected = max_pool2d(torch.zeros(shape), *arguments, ceil_mode).shape
        except RuntimeError:
            with pytest.raises(ValueError, match="pool: "):
                problem(*geometry, ceil_mode)
            continue
        assert problem(*geometry, ceil_mode).output_size[-len(shape) :] == expected, geometry


def test_unbatched_is_a_batch_of_one():
    assert problem((3, 6, 8), 2).input_size == (1, 3, 6, 8)


def test_ceil_mode_drops_a_window_that_would_start_in_the_padding_after_the_input():
    assert problem((1, 1, 5, 5), 2, 3, 1, ceil_mode=True).output_size == (1, 1, 2, 2)


@pytest.mark.parametrize("stride", [None, (), []])
def test_no_stride_is_the_window(stride):
    assert problem((1, 1, 6, 6), (2, 3), stride).stride == (2, 3)


def test_span_counts_the_gaps_of_dilation():
    assert problem((1, 1, 9, 9), (3, 2), dilation=(2, 4)).span == (5, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input_size": (6, 7)}, "input_size is (6, 7); expected 3 or 4 dimensions"),
        (
            {"input_size": (2, 0, 6, 7)},
            "input_size is (2, 0, 6, 7); expected at least 1 channel, row and column",
        ),
        ({"kernel_size": 0}, "kernel_size is 0; expected an integer of at least 1"),
        ({"kernel_size": (2, 2, 2)}, "kernel_size is (2, 2, 2); expected one integer or a pair"),
        ({"kernel_size": ()}, "kernel_size is (); expected one integer or a pair"),
        (
            {"kernel_size": 2**31},
            "kernel_size is 2147483648; expected integers of at most 2147483647",
        ),
        ({"stride": 0}, "stride is 0; expected an integer of at least 1"),
        ({"stride": (1, -2)}, "stride is (1, -2); expected integers of at least 1"),
        ({"padding": -1}, "padding is -1; expected an integer of at least 0"),
        (
            {"padding": 4},
            "padding is (4, 4); expected at most half of kernel_size (2, 2)",
        ),
        (
            {"kernel_size": 3, "padding": 2, "dilation": 2},
            "padding is (2, 2); expected at most half of kernel_size (3, 3)",
        ),
        ({"dilation": 0}, "dilation is 0; expected an integer of at least 1"),
        (
            {"kernel_size": 7, "padding": (0, 2)},
            "kernel_size is (7, 7); expected a window that fits the padded input (6, 11)",
        ),
        (
            {"dilation": 6},
            "kernel_size is (2, 2); expected a window that, dilated by (6, 6), fits the padded"
            " input (6, 7)",
        ),
    ],
)
def test_bad_value_is_named(change, message):
    with pytest.raises(ValueError) as error:
        problem(**{"input_size": (2, 3, 6, 7), "kernel_size": 2} | change)
    assert f"pool: {message}" in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"kernel_size": 2.0},
        {"kernel_size": True},
        {"kernel_size": "2"},
        {"kernel_size": None},
        {"stride": 1.5},
        {"padding": None},
        {"dilation": "1"},
        {"ceil_mode": 1},
        {"ceil_mode": None},
    ],
)
def test_bad_type_is_named(change):
    (name,) = change
    with pytest.raises(TypeError, match=f"pool: {name} is "):
        problem(**{"input_size": (2, 3, 6, 7), "kernel_size": 2} | change)


def test_problem_is_frozen():
    with pytest.raises(AttributeError):
        problem((1, 1, 4, 4), 2).stride = (1, 1)
    assert isinstance(problem((1, 1, 4, 4), 2), Problem)
