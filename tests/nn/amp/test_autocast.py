"""`nn.autocast` against `torch.autocast`: each operator's dtype, its values, gradients, blocks."""

import contextlib
import threading
import warnings

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.testing._internal.autocast_test_lists import AutocastTestLists

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn.amp import lists
from crosscheck.nn.functional import apply as applying
from tests.nn.amp.calls import BATCH, CALLS
from tests.nn.autocast_on import autocast_on

SHORT = {"bfloat16": torch.bfloat16, "float16": torch.float16}
UNIT = {"bfloat16": 2.0**-8, "float16": 2.0**-11}


def numbers(seed, shape=BATCH):
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def weights(shape):
    """Return what outputs are added with: the sum of a softmax has no gradient to compare."""
    return np.asarray(numbers(9, tuple(shape)))


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


def in_torch(call, own, dtype):
    given = [torch.from_numpy(numbers(i)).to(own[i]).requires_grad_() for i in (0, 1)]
    with torch.autocast("cpu", dtype=dtype):
        output = call(torch.nn.functional, torch, *given)
    (output.float() * torch.from_numpy(weights(output.shape))).sum().backward()
    return output, [each.grad for each in given]


def in_ours(call, own, dtype):
    given = [nn.tensor(numbers(i)).to(own[i]).requires_grad_() for i in (0, 1)]
    given = [nn.tensor(each.numpy(), requires_grad=True) for each in given]
    with nn.autocast("cpu", dtype=dtype):
        output = call(F, nn, *given)
    (output.float() * nn.tensor(weights(output.shape))).sum().backward()
    return output, [each.grad for each in given]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtypes", ["wide", "short"])
def test_dtypes_and_values_are_torchs(name, dtypes):
    own = {"wide": ("float32", "float32"), "short": ("bfloat16", "bfloat16")}[dtypes]
    theirs, expected = in_torch(CALLS[name], [getattr(torch, each) for each in own], torch.bfloat16)
    output, gradients = in_ours(CALLS[name], [getattr(nn, each) for each in own], nn.bfloat16)
    assert name_of(output.dtype) == name_of(theirs.dtype)
    wide = theirs.detach().float().numpy()
    np.testing.assert_allclose(output.float().detach().numpy(), wide, rtol=0.03, atol=0.06)
    for found, other in zip(gradients, expected, strict=True):
        assert (found is None) == (other is None)
        if found is not None:
            assert name_of(found.dtype) == name_of(other.dtype)
            size = abs(other.float()).max().item() + 1e-3
            close = abs(found.float().numpy() - other.float().numpy()) <= 0.05 * size
            assert close.mean() > 0.95  # an argmax, or a sign, may go the other way


@pytest.mark.parametrize("mixed", [("float32", "bfloat16"), ("bfloat16", "float32")])
@pytest.mark.parametrize("name", ["add", "mul", "cat", "stack", "linear", "conv2d", "mse_loss"])
def test_mixtures_are_torchs(name, mixed):
    theirs, _ = in_torch(CALLS[name], [getattr(torch, each) for each in mixed], torch.bfloat16)
    output, gradients = in_ours(CALLS[name], [getattr(nn, each) for each in mixed], nn.bfloat16)
    assert name_of(output.dtype) == name_of(theirs.dtype)
    assert [name_of(each.dtype) for each in gradients] == list(mixed)


@pytest.mark.parametrize("name", ["linear", "conv2d", "conv1d", "mm"])
@pytest.mark.parametrize("dtype", SHORT)
def test_a_product_is_of_rounded_inputs_and_rounded_once(name, dtype):
    given = [numbers(i) for i in (0, 1)]
    with nn.autocast("cpu", dtype=getattr(nn, dtype)):
        output = CALLS[name](F, nn, *map(nn.tensor, given))
    rounded = [torch.from_numpy(each).to(SHORT[dtype]).double() for each in given]
    exact = CALLS[name](torch.nn.functional, torch, *rounded).numpy()
    bound = UNIT[dtype] * abs(exact) + 2.0**-18
    assert (abs(output.double().numpy() - exact) <= bound).all()


def test_the_lists_of_cuda_are_torchs():
    of_torch = AutocastTestLists(torch.device("cpu"))
    shorter, wide = (
        {entry[0] for key in keys for entry in getattr(of_torch, key)}
        for keys in (("torch_fp16", "nn_fp16"), ("torch_fp32", "nn_fp32"))
    )
    fused = {"conv2d_relu", "conv2d_relu_max_pool2d"}
    assert lists.SHORTER["cuda"] - shorter == fused
    composed = {"cross_entropy", "local_response_norm", "lp_pool2d"}  # of nll_loss, of pow
    unlisted = {"huber_loss", "interpolate"}  # in what it does, not in this list of its tests
    renamed = {"pow_tensor": "pow", "vector_norm": "norm"}
    assert lists.FLOAT32["cuda"] - wide == composed | unlisted | renamed.keys()
    wide -= {"norm"}
    assert lists.REFUSED["cuda"] == {entry[0] for entry in of_torch.banned}
    ours = {name for name in dir(F) if not name.startswith("_")} | set(nn.METHODS)
    assert (shorter & ours) - lists.SHORTER["cuda"] <= {"mm", "bmm", "matmul", "convolution"}
    assert (wide & ours) - lists.FLOAT32["cuda"] == set()


@pytest.fixture
def on_cuda(monkeypatch):
    """Say that tensors are on a GPU."""
    monkeypatch.setattr(nn.Tensor, "device", property(lambda self: "cuda"))


SLICED = "conv1d conv2d conv_transpose2d linear mm bmm prelu batch_norm unfold".split()


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"binary_cross_entropy", *SLICED}))
def test_on_cuda_the_dtype_is_torchs(name, on_cuda):
    x = nn.tensor(numbers(0)).half()
    with nn.autocast("cuda"):
        output = CALLS[name](F, nn, x, x)
    with FakeTensorMode(), autocast_on("cuda", torch.float16):
        like_x = torch.ones(BATCH, dtype=torch.float16, device="cuda")
        theirs = CALLS[name](torch.nn.functional, torch, like_x, like_x)
    assert name_of(output.dtype) == name_of(theirs.dtype)


# PyTorch slices no tensor of a GPU where there is none; what it does with these is in its lists.
@pytest.mark.parametrize("name", SLICED)
def test_on_cuda_products_are_of_16_bits_and_the_rest_as_given(name, on_cuda):
    x = nn.tensor(numbers(0))
    with nn.autocast("cuda"):
        output = CALLS[name](F, nn, x, x)
    given = name in ("batch_norm", "unfold")
    assert output.dtype == (nn.float32 if given else nn.float16)


def test_binary_cross_entropy_is_refused_on_cuda(on_cuda):
    x = nn.tensor(np.full(3, 0.5, np.float16))
    with nn.autocast("cuda"), pytest.raises(RuntimeError, match="binary_cross_entropy: autocast"):
        F.binary_cross_entropy(x, x)


def product(x=None):
    x = nn.tensor(numbers(0, (3, 3))) if x is None else x
    return F.linear(x, x).dtype


def test_blocks_are_nested_switched_off_and_left():
    with nn.autocast("cpu"):
        assert product() == nn.bfloat16 and nn.is_autocast_enabled("cpu")
        assert nn.get_autocast_dtype("cpu") == nn.bfloat16
        with nn.autocast("cpu", enabled=False):
            assert product() == nn.float32
            with nn.autocast("cpu", dtype=nn.float16):
                assert product() == nn.float16
        with nn.autocast("cuda"):  # another device
            assert product() == nn.bfloat16
        with pytest.raises(ZeroDivisionError), nn.autocast("cpu", dtype=nn.float16):
            raise ZeroDivisionError
        assert product() == nn.bfloat16
    assert product() == nn.float32 and not nn.is_autocast_enabled("cpu")
    with nn.autocast("cuda"):
        assert product() == nn.float32


def test_it_decorates_and_one_object_may_be_entered_twice():
    half = nn.autocast("cpu", dtype=nn.float16)

    @half
    def decorated():
        """Its text."""
        with half:
            return product()

    assert decorated() == nn.float16 and decorated.__doc__ == "Its text."
    assert product() == nn.float32
    assert nn.amp.autocast is nn.autocast


def test_other_threads_are_outside():
    found = []
    with nn.autocast("cpu"):
        thread = threading.Thread(target=lambda: found.append(product()))
        thread.start(), thread.join()
    assert found == [nn.float32]


def test_threads_may_run_what_one_object_decorates_at_the_same_time():
    both_in, first_out, found = threading.Barrier(2), threading.Event(), []

    @nn.autocast("cpu")
    def inside(waits):
        both_in.wait(60)
        if waits:
            first_out.wait(60)

    def run(waits):
        inside(waits)
        found.append(nn.is_autocast_enabled("cpu"))
        first_out.set()

    threads = [threading.Thread(target=run, args=[waits]) for waits in (False, True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [False, False]


def test_float64_and_integers_stay():
    x = nn.tensor(numbers(0, (3, 3)).astype(np.float64))
    with nn.autocast("cpu"):
        assert product(x) == nn.float64 and F.mse_loss(x, x).dtype == nn.float64


def test_a_parameter_is_cast_once_in_a_block(monkeypatch):
    casts = []
    real = applying.cast.__globals__["to"]
    monkeypatch.setitem(
        applying.cast.__globals__, "to", lambda x, dtype: casts.append(x) or real(x, dtype=dtype)
    )
    weight, x = nn.Parameter(numbers(0, (3, 3))), nn.tensor(numbers(1, (2, 3)))

    def calls(**options):
        del casts[:]
        with nn.autocast("cpu", **options):
            for _ in range(2):
                with nn.autocast("cpu", dtype=nn.bfloat16):
                    F.linear(x, weight)
        return sum(each is weight for each in casts)

    assert calls() == 1 and calls(cache_enabled=False) == 2 and calls() == 1
    with nn.autocast("cpu"):
        del casts[:]
        before = F.linear(x, weight)
        with nn.no_grad():
            assert F.linear(x, weight).numpy().tolist() == before.numpy().tolist()
            weight.mul_(2)  # the cast that is kept is old
        np.testing.assert_array_equal(F.linear(x, weight).numpy(), 2 * before.numpy())
    assert sum(each is weight for each in casts) == 3


def test_gradients_of_two_losses_that_share_a_cast():
    grads = []
    for lib, functional, make in (
        (nn, F, nn.tensor),
        (torch, torch.nn.functional, torch.from_numpy),
    ):
        weight = lib.nn.Parameter(make(numbers(0, (3, 3))))
        with lib.autocast("cpu", dtype=lib.bfloat16):
            losses = [
                functional.linear(make(numbers(i, (2, 3))), weight).float().sum() for i in (1, 2)
            ]
            losses[0].backward()
            losses.append(functional.linear(make(numbers(3, (2, 3))), weight).float().sum())
        for loss in losses[1:]:
            loss.backward()
        grads.append(weight.grad)
    assert grads[0].dtype == nn.float32
    np.testing.assert_allclose(grads[0].numpy(), grads[1].numpy(), rtol=0.02)


def test_what_is_refused_and_what_warns():
    with pytest.raises(ValueError, match="autocast: device_type is 'tpu'; expected 'cpu' or"):
        nn.autocast("tpu")
    with pytest.warns(UserWarning, match="dtype is float32; expected float16 or bfloat16"):
        off = nn.autocast("cpu", dtype=nn.float32)
    with off:
        assert product() == nn.float32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.ExitStack() as stack:
            stack.enter_context(nn.autocast("cpu", dtype=nn.float32, enabled=False))
