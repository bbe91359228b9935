"""Every direction, algorithm and dtype against PyTorch in float64, on the shapes that fool code."""

from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from crosscheck.kernels import convolution
from crosscheck.kernels.algorithm import Algorithm, Unsupported
from crosscheck.kernels.convolution import CONV2D, problem
from crosscheck.kernels.launch import sanitized, wide_index

DIRECTIONS = ("forward", "input_gradient", "weight_gradient", "bias_gradient")
RUNS = [
    (direction, name)
    for direction in DIRECTIONS
    for name, each in convolution.ALGORITHMS[direction].items()
    if not each.only_on  # test_warp_group.py has what no CPU device runs
]
DTYPES = (np.float32, np.float64)

CASES = {
    "plain": ((2, 3, 6, 7), (4, 3, 3, 2), {}),
    "stride_leaves_a_remainder": ((2, 3, 8, 9), (4, 3, 3, 3), dict(stride=2, padding=(1, 2))),
    "stride_skips_pixels_altogether": ((1, 2, 9, 10), (3, 2, 2, 2), dict(stride=(3, 4))),
    "stride_rows_unlike_columns": ((2, 2, 9, 8), (3, 2, 3, 4), dict(stride=(1, 2))),
    "stride_columns_unlike_rows": ((2, 2, 9, 8), (3, 2, 4, 3), dict(stride=(2, 1), padding=1)),
    "stride_of_six": ((1, 2, 14, 7), (3, 2, 4, 3), dict(stride=(6, 2), padding=(2, 1))),
    "stride_past_32_bits": ((1, 2, 4, 5), (3, 2, 2, 3), dict(stride=(2**40, 1), padding=1)),
    "padding_rows_unlike_columns": ((1, 2, 4, 5), (3, 2, 3, 3), dict(padding=(0, 2))),
    "padding_larger_than_stride": ((1, 2, 4, 5), (3, 2, 3, 3), dict(stride=2, padding=3)),
    "padding_wider_than_filter": ((1, 2, 3, 4), (3, 2, 2, 2), dict(padding=4)),
    "valid": ((1, 2, 6, 5), (3, 2, 3, 3), dict(padding="valid", stride=(1, 2))),
    "same_odd_filter": ((1, 2, 5, 6), (3, 2, 3, 5), dict(padding="same")),
    "same_even_filter": ((2, 2, 5, 6), (3, 2, 2, 4), dict(padding="same")),
    "same_even_dilated": ((1, 2, 7, 6), (3, 2, 2, 4), dict(padding="same", dilation=(3, 1))),
    "dilation_rows_unlike_columns": ((2, 3, 9, 8), (4, 3, 3, 2), dict(dilation=(2, 3))),
    "dilation_with_stride": ((1, 2, 9, 8), (3, 2, 3, 3), dict(dilation=3, stride=2, padding=2)),
    "groups": ((2, 6, 5, 6), (9, 2, 3, 3), dict(groups=3, padding=1)),
    "groups_wider_than_a_tile": ((1, 34, 4, 5), (36, 17, 2, 2), dict(groups=2)),
    "depthwise": ((2, 5, 6, 5), (5, 1, 3, 3), dict(groups=5, padding=1, stride=2)),
    "channel_multiplier": ((2, 3, 6, 5), (9, 1, 3, 3), dict(groups=3)),
    "filter_larger_than_image": ((1, 2, 3, 4), (3, 2, 5, 6), dict(padding=(1, 2))),
    "filter_covers_padded_image": ((2, 3, 3, 4), (4, 3, 5, 6), dict(padding=1)),
    "one_by_one": ((2, 5, 4, 3), (6, 5, 1, 1), {}),
    "one_by_one_strided": ((2, 5, 5, 7), (6, 5, 1, 1), dict(stride=(2, 3))),
    "one_pixel": ((1, 3, 1, 1), (2, 3, 3, 3), dict(padding=1)),
    "pairs_of_length_one": ((1, 2, 6, 5), (3, 2, 3, 3), dict(stride=(2,), padding=[1])),
    "unbatched": ((3, 6, 5), (4, 3, 3, 2), dict(stride=2, padding=1)),
    "no_images": ((0, 3, 5, 4), (4, 3, 3, 3), {}),
    "no_images_no_rows": ((0, 3, 0, 4), (4, 3, 3, 3), dict(padding=2)),
    "no_channels": ((2, 0, 5, 4), (4, 0, 3, 3), {}),
    "tile_minus_one": ((1, 15, 3, 5), (15, 15, 1, 1), {}),
    "tile_exactly": ((1, 16, 4, 4), (16, 16, 1, 1), {}),
    "tile_plus_one": ((1, 17, 1, 17), (17, 17, 1, 1), {}),
    "tiles_and_batches_cross": ((3, 5, 5, 7), (33, 5, 3, 3), dict(padding=1)),
}


# Also in float64, and under the sanitizer, which compile anew: one case for each way of a kernel.
# The others are left to `make gate`.
BOTH = (
    "plain",
    "stride_leaves_a_remainder",
    "stride_skips_pixels_altogether",
    "padding_wider_than_filter",
    "same_even_dilated",
    "groups_wider_than_a_tile",
    "depthwise",
    "channel_multiplier",
    "filter_larger_than_image",
    "one_by_one",
    "no_channels",
    "tile_plus_one",
    "tiles_and_batches_cross",
)
WIDE = ("stride_leaves_a_remainder", "groups", "same_even_dilated", "depthwise")
STRIDED = ("groups", "stride_leaves_a_remainder", "depthwise")


OWN_BOUNDS = "winograd", "tensor_core", "tensor_core_3x"  # which parity derives


def takes(case, direction, algorithm, dtype=np.float32):
    """Whether an algorithm takes a case; the bias gradient's take every one."""
    if dtype not in convolution.ALGORITHMS[direction][algorithm].dtypes:
        return False
    x, w, options = CASES[case]
    geometry = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
    this = problem.create("conv2d", ("input.shape", x), ("weight.shape", w), **geometry)
    unsupported = convolution.ALGORITHMS[direction][algorithm].unsupported
    return direction == "bias_gradient" or not unsupported(this)


def runs(*cases, dtype=np.float32):
    """Return (case, direction, algorithm) wherever the algorithm takes the case."""
    return [(case, *run) for case in cases for run in RUNS if takes(case, *run, dtype)]


def both(*dtypes):
    """Return all of them, with a dtype if one is given; what is not in BOTH is for `make gate`."""
    return [
        pytest.param(*each, *dtypes, marks=() if each[0] in BOTH else pytest.mark.gate)
        for each in runs(*CASES, dtype=(*dtypes, np.float32)[0])
    ]


def data(case, integers=True, dtype=np.float64):
    """Return (x, w, bias, dy, options); the same random numbers in every dtype."""
    x_shape, w_shape, options = CASES[case]
    y_shape = F.conv2d(torch.empty(x_shape), torch.empty(w_shape), **options).shape
    rng = np.random.default_rng(7)

    def draw(shape):
        if integers:  # sums stay far below 2^24, so every order of summation gives the same bits
            return rng.integers(-4, 5, shape).astype(dtype)
        return rng.standard_normal(shape).astype(np.float32).astype(dtype)

    return draw(x_shape), draw(w_shape), draw(w_shape[0]), draw(tuple(y_shape)), options


def torch_results(x, w, bias, dy, options):
    tensors = [torch.from_numpy(array).requires_grad_() for array in (x, w, bias)]
    y = F.conv2d(*tensors, **options)
    y.backward(torch.from_numpy(dy))
    gradients = (tensor.grad.numpy() for tensor in tensors)
    results = dict(zip(DIRECTIONS, (y.detach().numpy(), *gradients), strict=True))
    if x.shape[-3] == 0:  # PyTorch's output has no channels, so nothing says how many biases
        results["bias_gradient"] = np.empty(0)
    return results


@cache
def truth(case, integers=True):
    return torch_results(*data(case, integers))


@cache
def bound(case):
    """gamma(n) * T for float32: n terms, T the same operation on absolute values."""
    *arrays, options = data(case, integers=False)
    sizes = torch_results(*map(np.abs, arrays), options)
    x, w, _, dy = arrays
    plane = dy.size // max(dy.shape[-3], 1)
    terms = w[0].size + 1, w.size // max(w.shape[1], 1), plane, plane
    bounds = {}
    for n, (direction, size) in zip(terms, sizes.items(), strict=True):
        bounds[direction] = n * 2.0**-24 / (1 - n * 2.0**-24) * size
    return bounds


def run(direction, algorithm, x, w, bias, dy, options, out=None):
    chosen = dict(algorithm=algorithm, out=out)
    if direction == "forward":
        return convolution.forward(x, w, bias, **options, **chosen)
    if direction == "input_gradient":
        return convolution.input_gradient(x.shape, w, dy, **options, **chosen)
    if direction == "weight_gradient":
        return convolution.weight_gradient(x, w.shape, dy, **options, **chosen)
    return convolution.bias_gradient(dy, **chosen)


@pytest.mark.parametrize(
    ("case", "direction", "algorithm", "dtype"),
    [(*each, np.float32) for each in runs(*CASES)] + both(np.float64),
)
def test_integers_to_the_bit_into_poison(case, direction, algorithm, dtype):
    expected = truth(case)[direction]
    out = np.full(expected.shape, np.nan, dtype)
    assert run(direction, algorithm, *data(case, dtype=dtype), out=out) is out
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(("case", "direction", "algorithm"), both())
def test_the_sanitizer_finds_nothing(case, direction, algorithm):
    with sanitized():
        result = run(direction, algorithm, *data(case, dtype=np.float32))
    np.testing.assert_array_equal(result, truth(case)[direction])


@pytest.mark.parametrize(
    ("case", "direction", "algorithm", "dtype"),
    [(*each, dtype) for dtype in DTYPES for each in runs(*WIDE, dtype=dtype)],
)
def test_wide_indices(case, direction, algorithm, dtype):
    with wide_index():
        result = run(direction, algorithm, *data(case, dtype=dtype))
    np.testing.assert_array_equal(result, truth(case)[direction])


@pytest.mark.parametrize(("case", "direction", "algorithm"), runs(*CASES))
def test_random_numbers_stay_inside_the_bound_and_repeat_their_bits(case, direction, algorithm):
    arguments = data(case, integers=False, dtype=np.float32)
    before = [array.copy() for array in arguments[:4]]
    result = run(direction, algorithm, *arguments)
    assert result.dtype == np.float32
    error = np.abs(result - truth(case, integers=False)[direction])
    if algorithm not in OWN_BOUNDS:
        assert (error <= bound(case)[direction]).all()
    assert result.tobytes() == run(direction, algorithm, *arguments).tobytes()
    for array, copy in zip(arguments, before, strict=False):
        np.testing.assert_array_equal(array, copy)  # inputs are only read


def spread(array):
    """The same numbers amid NaN: a step of 2 in the last axis, an offset in the first."""
    shape = (array.shape[0] + 2, *array.shape[1:-1], 2 * array.shape[-1])
    view = np.full(shape, np.nan, array.dtype)[1:-1, ..., ::2]
    view[...] = array
    return view


def reverse(array):
    """The same numbers with negative strides."""
    return np.flip(np.flip(array).copy())


def channels_last(array):
    """The same numbers with the channels next to each other in memory."""
    return np.moveaxis(np.moveaxis(array, 1, -1).copy(), -1, 1) if array.ndim == 4 else array


@pytest.mark.parametrize("layout", [spread, reverse, channels_last])
@pytest.mark.parametrize(("case", "direction", "algorithm"), runs(*STRIDED))
def test_any_strides_in_and_out(case, direction, algorithm, layout):
    *arrays, options = data(case, dtype=np.float32)
    expected = truth(case)[direction]
    arrays = [array if array.ndim == 1 else layout(array) for array in arrays]
    whole = np.full((2, *expected.shape, 2), np.nan, np.float32)
    out = whole[1, ..., 0]
    run(direction, algorithm, *arrays, options, out=out)
    np.testing.assert_array_equal(out, expected)
    assert np.isnan(whole[0]).all() and np.isnan(whole[..., 1]).all()


def test_broadcast_gradient_has_strides_of_zero():
    x, w, bias, dy, options = data("groups", dtype=np.float32)
    ones = np.broadcast_to(np.float32(1), dy.shape)
    expected = torch_results(*(a.astype(np.float64) for a in (x, w, bias, ones)), options)
    for _, direction, algorithm in runs("groups"):
        result = run(direction, algorithm, x, w, bias, ones, options)
        np.testing.assert_array_equal(result, expected[direction])


@pytest.mark.parametrize("algorithm", [name for way, name in RUNS if way == "forward"])
def test_forward_without_bias(algorithm):
    cases = "groups", "depthwise", "one_by_one"
    case = next(each for each in cases if takes(each, "forward", algorithm))
    x, w, bias, _, options = data(case, dtype=np.float32)
    with_bias = convolution.forward(x, w, bias, **options, algorithm=algorithm)
    without = convolution.forward(x, w, **options, algorithm=algorithm)
    np.testing.assert_array_equal(without + bias[:, None, None], with_bias)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_default_algorithm(direction):
    result = run(direction, None, *data("plain", dtype=np.float32))
    np.testing.assert_array_equal(result, truth("plain")[direction])


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_unknown_algorithm_lists_the_known_ones(direction):
    names = ", ".join(map(repr, sorted(convolution.ALGORITHMS[direction])))
    message = rf"algorithm is 'fast'; expected None or one of \[{names}\]"
    with pytest.raises(ValueError, match=message):
        run(direction, "fast", *data("plain", dtype=np.float32))


def test_forced_algorithm_says_why_it_does_not_take_the_problem(monkeypatch):
    picky = Algorithm("direct", lambda *arguments: None, lambda problem: f"{problem.r} rows")
    monkeypatch.setitem(convolution.ALGORITHMS["forward"], "direct", picky)
    monkeypatch.setattr(CONV2D.directions["forward"], "calls", {})  # of the algorithm before
    with pytest.raises(Unsupported, match="'direct' does not take this forward: 3 rows"):
        run("forward", "direct", *data("plain", dtype=np.float32))
