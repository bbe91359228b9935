"""Winograd's bound, NaN and integers, against loops over tiles and taps."""

from itertools import product

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.parity import expected
from crosscheck.parity.operators import PROBLEMS
from crosscheck.parity.operators.conv2d import winograd
from crosscheck.parity.operators.conv2d.geometry import conv
from crosscheck.parity.operators.conv2d.winograd import A, B, G

GEOMETRIES = {
    "odd": conv("odd", "", (2, 2, 5, 7), (3, 2, 3, 3)),
    "padded": conv("padded", "", (1, 2, 4, 5), (3, 2, 3, 3), padding=(1, 2)),
    "far padding": conv("far", "", (1, 1, 3, 2), (2, 1, 3, 3), padding=(4, 3), bias=False),
    "groups": conv("groups", "", (1, 4, 5, 4), (6, 2, 3, 3), padding=1, groups=2),
    "unbatched": conv("unbatched", "", (2, 5, 4), (3, 2, 3, 3), padding=1),
}


def test_the_transforms_make_a_convolution():
    for x, w in zip(np.eye(4), np.random.default_rng(0).standard_normal((4, 3)), strict=True):
        direct = [x[i : i + 3] @ w for i in range(2)]
        np.testing.assert_allclose(A @ ((G @ w) * (B @ x)), direct, atol=1e-12)


def tile_by_tile(images, weight, corner, extents, groups):
    """Return T with a loop over tiles, as its formula has it."""
    n, c = images.shape[:2]
    k, channels = weight.shape[:2]
    u = abs(G) @ weight @ abs(G).T
    result = np.zeros((n, k, *extents))
    for image, filter in product(range(n), range(k)):
        first = filter // (k // groups) * channels
        for p, q in product(range(0, extents[0], 2), range(0, extents[1], 2)):
            patch = np.zeros((channels, 4, 4))
            for i, j in product(range(4), range(4)):
                row, column = p + i - corner[0], q + j - corner[1]
                if 0 <= row < images.shape[2] and 0 <= column < images.shape[3]:
                    patch[:, i, j] = images[image, first : first + channels, row, column]
            sums = (u[filter] * (abs(B) @ patch @ abs(B).T)).sum(0)
            y = abs(A) @ sums @ abs(A).T
            rows, columns = min(2, extents[0] - p), min(2, extents[1] - q)
            result[image, filter, p : p + rows, q : q + columns] = y[:rows, :columns]
    return result


@pytest.mark.parametrize("name", GEOMETRIES)
def test_bounds_of_both_directions(name):
    case = GEOMETRIES[name].case("problems")
    found = expected.of(case, "float32")
    limits = found.limits("winograd").bounds
    x, w, dy = (
        np.abs(found.real.tensors[each].astype(float))
        for each in ("input", "weight", "grad_output")
    )
    groups = case.options.get("groups", 1)
    pad = np.broadcast_to(case.options.get("padding", 0), 2)
    x, dy = (each.reshape(-1, *each.shape[-3:]) for each in (x, dy))
    size = tile_by_tile(x, w, pad, dy.shape[2:], groups)
    bias = found.real.tensors.get("bias")
    size += 0 if bias is None else np.abs(bias)[:, None, None]
    u, m = 2.0**-24, w.shape[1] + 10 + (bias is not None)
    limit = limits["forward"].reshape(size.shape)
    np.testing.assert_allclose(limit, m * u * size, rtol=1e-5, atol=1e-40)

    k, c = w.shape[:2]
    turned = w.reshape(groups, k // groups, c, 3, 3).swapaxes(1, 2).reshape(-1, k // groups, 3, 3)
    size = tile_by_tile(dy, turned[..., ::-1, ::-1], 2 - pad, x.shape[2:], groups)
    limit = limits["input_gradient"].reshape(size.shape)
    np.testing.assert_allclose(limit, (k // groups + 10) * u * size, rtol=1e-5, atol=1e-40)
    assert "weight_gradient" not in found.own["winograd"].bounds
    assert (limits["forward"] > found.bounds["forward"]).any()  # what all other algorithms get


def test_a_problem_that_does_not_fit_has_no_limits_of_its_own():
    case = conv("wide", "", (1, 1, 6, 6), (1, 1, 5, 5)).case("problems")
    assert expected.of(case, "float32").own["winograd"].bounds == {}


@pytest.mark.parametrize("name", GEOMETRIES)
def test_nan_may_be_where_a_window_or_a_filter_is_special(name):
    case = GEOMETRIES[name].case("problems")
    tensors = {key: each.copy() for key, each in expected.of(case, "float32").real.tensors.items()}
    inputs = {key: each for key, each in tensors.items() if key != "grad_output"}
    given = {**{"padding": 0, "groups": 1}, **case.options}

    def allowed(direction):
        return winograd.extra_nan(inputs, tensors["grad_output"], given)[direction]

    assert not allowed("forward").any() and not allowed("input_gradient").any()
    inputs["input"].flat[-1] = np.inf
    reached = convolution.forward(
        np.isinf(inputs["input"]).astype(float), np.ones_like(inputs["weight"], float), **given
    )
    np.testing.assert_array_equal(allowed("forward"), reached > 0)
    assert not allowed("input_gradient").any()
    inputs["weight"][-1, -1, 0, 0] = -np.inf
    assert allowed("forward")[..., -1, :, :].all()
    channels = allowed("input_gradient").any((-2, -1)).reshape(-1, inputs["input"].shape[-3])
    assert channels[:, -1].all() and channels.sum() == len(channels)
    assert allowed("input_gradient")[..., -1, :, :].all()


def test_integers_keep_every_sum_of_quarters_below_2_to_24():
    largest = {}
    for channels in (3, 4000):
        problem = conv("many", "", (1, channels, 3, 3), (1, channels, 3, 3))
        tensors = expected.of(problem.case("problems"), "float32").integer.tensors
        largest[channels] = max(int(np.abs(each).max()) for each in tensors.values())
        assert 4 * 64 * channels * largest[channels] ** 2 < 2**24
    assert largest[3] == 7 and 1 <= largest[4000] < 7


def test_problems_fill_more_than_a_block_of_the_kernel():
    problem = next(each for each in PROBLEMS if each.name == "winograd-blocks")
    (n, c, h, w), (k, *_) = problem.inputs["input"], problem.inputs["weight"]
    assert n * -(-h // 2) * -(-w // 2) > 32 and k > 64 and c > 8
