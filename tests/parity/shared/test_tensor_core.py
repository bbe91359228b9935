"""The bounds of sums on tensor cores: what they derive to, and that the models keep to them."""

import ml_dtypes
import numpy as np
import pytest

from crosscheck.kernels import convolution, linear
from crosscheck.kernels.cpu.options import modes
from crosscheck.parity import expected
from crosscheck.parity.bounds import SHORT, stored
from crosscheck.parity.case import Case
from crosscheck.parity.shared import tensor_core
from crosscheck.parity.shared.tensor_core import MODELS, Sum, U

# What is published: how many products are a block, of TF32 and of 16 bits, and the bits below 24.
PUBLISHED = {"h100": (8, 16, 2), "a100": (4, 8, 1)}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_block_loses_what_is_derived(name):
    model, (of_tf32, of_16_bits, bits) = MODELS[name], PUBLISHED[name]
    assert model.blocks == 8 // of_tf32 == 16 // of_16_bits
    assert model.loss == 2 * (of_tf32 / 2**bits + 1) * U
    assert model.loss_of_16_bits == 2 * (of_16_bits / 2**bits + 1) * U


def test_three_products_have_the_bound_of_float32_from_26_terms_on():
    for n in range(26, 600):
        assert tensor_core._of_three(MODELS["a100"], Sum(1, n).steps()) < n * U
    assert tensor_core._of_three(MODELS["a100"], Sum(1, 24).steps()) > 24 * U


def test_a_cut_operand_is_off_by_twice_what_a_rounded_one_is():
    exact, n = MODELS["exact"]._replace(loss=0.0), Sum(1, 8).steps()
    rounded, cut = tensor_core._of_tf32(exact, n), tensor_core._of_cut(exact, n)
    assert rounded == pytest.approx(2.0**-10, rel=1e-3)
    assert cut == pytest.approx(2.0**-10 + 2.0**-11, rel=1e-3)


def test_channels_fill_whole_quads():
    assert Sum(9, 3).steps() == Sum(9, 4).steps() == 2 * -(-36 // 16)
    assert Sum(9, 3).steps(2) == Sum(9, 8).steps(2) == Sum(9, 4).steps()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_16_bits_keep_their_bound(model, dtype):
    rng = np.random.default_rng(0)
    x, w = rng.random((1, 96, 3, 3)).astype(dtype), rng.random((8, 96, 1, 1)).astype(dtype)
    with modes.using(mma=model):
        y = convolution.forward(x, w, algorithm="tensor_core").astype(float)
    exact = np.einsum("nchw,kc->nkhw", x.astype(float), w[..., 0, 0].astype(float))
    unit = SHORT[np.dtype(dtype).name].unit_roundoff
    sums = tensor_core._of_16_bits(MODELS[model], Sum(1, 96).steps(2))
    assert np.all(np.abs(y - exact) <= (sums + unit * (1 + sums)) * exact)


@pytest.mark.parametrize("dtype", SHORT)
def test_a_result_of_16_bits_is_rounded_once(dtype):
    inputs = {"input": np.ones((2, 8)), "weight": np.ones((3, 8))}
    found = expected.of(Case("linear", "problems", "ones", "", inputs), dtype)
    limit = found.limits("tensor_core").bounds["forward"]
    sums = tensor_core._of_16_bits(MODELS[modes.current().mma], Sum(1, 8).steps(2)) * 8
    once = stored(np.float64(sums), np.float64(8), dtype)
    np.testing.assert_allclose(limit, once, rtol=1e-3)


def test_a_sum_that_overflows_on_a_tensor_core_may_be_any_number():
    x, w = np.zeros((2, 64)), np.ones((1, 64))
    x[0, :4], x[0, 32], x[1, 0] = 3e38, -3e38, 1e38
    short = (each.astype(ml_dtypes.bfloat16) for each in (x, w))
    y = linear.forward(*short, algorithm="tensor_core")[0, 0]
    assert np.isfinite(y) and y < 1e38  # 9e38: the first tile's sum was cut to the largest number
    case = Case("linear", "problems", "large", "", {"input": x, "weight": w})
    reach = expected.of(case, "bfloat16").limits("tensor_core").intermediates["forward"]
    assert np.isinf(reach).tolist() == [[True], [False]]
