"""float16 and bfloat16 tensors beside PyTorch's: casts, promotion, numbers, text, comparisons."""

import ml_dtypes
import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels.elementwise.cast import cast
from crosscheck.kernels.launch import sanitized

DTYPES = ("float16", "bfloat16", "float32", "float64")
SHORT = DTYPES[:2]
NUMBERS = (*DTYPES, "int64", "uint8", "bool")


def values():
    """Return float32 numbers of every size, ties between two of 16 bits, and special ones."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 4096, dtype=np.uint32)
    halves = np.arange(0, 2**16, 7, dtype=np.uint32)
    ties = [(halves << 16) + 0x8000, 0x38000000 + (halves << 13) + 0x1000, bits]
    x = np.concatenate(ties).view(np.float32)
    return np.concatenate([x, np.array([0.0, -0.0, np.inf, -np.inf, 65519.9, 65520, 1e-8], "f")])


def in_torch(array):
    """Return the same array as PyTorch's tensor."""
    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16).copy()).view(torch.bfloat16)
    return torch.from_numpy(array)


def same(ours, theirs):
    """Require the same dtype and the same numbers; any NaN is one."""
    assert str(theirs.dtype) == f"torch.{ours.dtype.name}"
    wide = theirs.detach().double().numpy()
    np.testing.assert_array_equal(ours.detach().numpy().astype(np.float64), wide)


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
@np.errstate(all="ignore")
def test_casts_have_torchs_bits(source, target):
    x = values().astype(source)
    same(nn.tensor(x).to(getattr(nn, target)), in_torch(x).to(getattr(torch, target)))


@pytest.mark.parametrize("dtype", SHORT)
def test_a_sanitized_cast_of_strided_arrays(dtype):
    x = np.random.default_rng(0).standard_normal((3, 4, 5)).astype(np.float32)
    for given in (x.T, x[:, ::2], x[::-1], np.broadcast_to(x[0], (2, 4, 5)), x[:0]):
        with sanitized(keep_going=False):
            short = cast(given, dtype)
            wide = cast(short, np.float32)
        np.testing.assert_array_equal(short, given.astype(dtype))
        np.testing.assert_array_equal(wide, given.astype(dtype).astype(np.float32))


def test_a_cast_keeps_the_memory_order_and_what_has_the_dtype():
    x = np.ones((2, 3, 4, 4), np.float32).transpose(0, 3, 1, 2)
    assert cast(x, np.float16).strides == tuple(each // 2 for each in x.strides)
    assert cast(x, np.float32) is x
    tensor = nn.tensor(x)
    assert tensor.float() is tensor and tensor.to(nn.float32) is tensor


@pytest.mark.parametrize("dtype", SHORT)
def test_a_gradient_comes_back_in_the_dtype_of_its_tensor(dtype):
    name = {"float16": "half"}.get(dtype, dtype)
    for method in (lambda x: x.to(getattr(nn, dtype)), getattr(nn.Tensor, name)):
        x = nn.tensor(np.array([1.0, 3.0], np.float32), requires_grad=True)
        (method(x) * method(x)).sum().backward()
        assert x.grad.dtype == nn.float32 and x.grad.numpy().tolist() == [2, 6]
    half = nn.tensor(np.ones(2, dtype), requires_grad=True)
    (half.float() * 3.0001).sum().backward()
    assert half.grad.dtype == half.dtype and half.grad.tolist() == [3, 3]


@pytest.mark.parametrize("one", NUMBERS)
@pytest.mark.parametrize("other", NUMBERS)
def test_dtypes_meet_by_torchs_rules(one, other):
    for sizes in (((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())):
        ours = (
            nn.ones(*sizes[:1], dtype=getattr(nn, one)),
            nn.ones(sizes[1], dtype=getattr(nn, other)),
        )
        theirs = [
            torch.ones(size, dtype=getattr(torch, name))
            for size, name in zip(sizes, (one, other), strict=True)
        ]
        if (one, other) != ("bool", "bool"):
            same(ours[0] * ours[1], theirs[0] * theirs[1])
            same(ours[0] + ours[1], theirs[0] + theirs[1])
        assert (ours[0] == ours[1]).numpy().all()


@pytest.mark.parametrize("dtype", SHORT)
def test_a_number_is_not_rounded_to_16_bits(dtype):
    x = np.random.default_rng(1).standard_normal((3, 50)).astype(dtype)
    ours, theirs = nn.tensor(x), in_torch(x)
    for function in (lambda x: x * 0.1, lambda x: x / 3.3, lambda x: x * 3):
        same(function(ours), function(theirs))
    for function in (lambda x: x + 0.1, lambda x: 0.1 - x, lambda x: 0.3 / x):
        same(function(ours), function(theirs.float()).to(theirs.dtype))  # as PyTorch on a GPU
    numbers = nn.tensor(np.float32(0.1)[()] * np.ones((), "f"), requires_grad=True)
    product = ours * numbers
    product.sum().backward()
    assert product.dtype == ours.dtype and numbers.grad.dtype == nn.float32
    np.testing.assert_allclose(numbers.grad.item(), x.astype(np.float64).sum(), rtol=1e-5)
    divisor = nn.tensor(np.full((), 0.1, np.float32), requires_grad=True)
    (ours / divisor).sum().backward()
    np.testing.assert_allclose(divisor.grad.item(), -x.astype(np.float64).sum() * 100, rtol=1e-5)


@pytest.mark.parametrize("dtype", SHORT)
def test_factories_and_literals(dtype):
    own, theirs = getattr(nn, dtype), getattr(torch, dtype)
    for call in (
        lambda lib, d: lib.zeros(2, 3, dtype=d),
        lambda lib, d: lib.ones(2, dtype=d),
        lambda lib, d: lib.full((2,), 0.1, dtype=d),
        lambda lib, d: lib.arange(5, dtype=d),
        lambda lib, d: lib.eye(3, dtype=d),
        lambda lib, d: lib.ones_like(lib.ones(2, dtype=d)),
        lambda lib, d: lib.full_like(lib.ones(2, dtype=d), 0.3),
    ):
        same(call(nn, own), call(torch, theirs))
    assert nn.randn(3, dtype=own).dtype == own and nn.rand(2, dtype=own).dtype == own
    scalar = np.ones(1, dtype)[0]
    assert nn.tensor(scalar).dtype == own and nn.tensor([scalar, 1]).dtype == own


@pytest.mark.parametrize("dtype", SHORT)
def test_numbers_arrays_and_text(dtype):
    x = nn.tensor(np.array([1.5, -2.0, np.nan], dtype))
    assert x.numpy().dtype == np.dtype(dtype) and np.asarray(x).dtype == np.dtype(dtype)
    assert x[0].item() == 1.5 and float(x[1]) == -2 and int(x[1]) == -2 and f"{x[0]:.2f}" == "1.50"
    assert x.tolist()[:2] == [1.5, -2.0] and repr(x).endswith(f"dtype={dtype}))")
    assert (x > 0).tolist() == [True, False, False] and (x != x).tolist() == [False, False, True]
    assert (x == 1.5).tolist() == [True, False, False] and nn.isnan(x).tolist()[2]
    words = {"float16": "torch.HalfTensor", "bfloat16": "torch.BFloat16Tensor"}
    assert x.type() == words[dtype] and x.long().tolist()[:2] == [1, -2]
    assert nn.tensor(1.0).to(x).dtype == x.dtype and nn.ones(2).type_as(x).dtype == x.dtype


@pytest.mark.parametrize("dtype", SHORT)
def test_in_place(dtype):
    for make in (nn.tensor, in_torch):
        x = make(np.array([1, 2, 3], dtype))
        x += make(np.full(3, 0.5, np.float32))
        x[0] = make(np.array(7, np.float32))
        x.mul_(2).copy_(x.float() + 1)
        assert x.tolist() == [15, 6, 8] and str(x.dtype).endswith(dtype)
    with pytest.raises((TypeError, RuntimeError), match="add_: dtype of the result"):
        nn.tensor(np.ones(2, np.int64)).add_(nn.ones(2, dtype=getattr(nn, dtype)))


def test_a_value_written_to_a_part_gets_its_gradient_in_its_dtype():
    value = nn.tensor(np.ones(2, np.float32), requires_grad=True)
    x = nn.zeros(3, dtype=nn.bfloat16)
    x[:2] = value
    (x * 2).sum().backward()
    assert value.grad.dtype == nn.float32 and value.grad.tolist() == [2, 2]


@pytest.mark.parametrize("method", ["half", "bfloat16", "float", "double"])
def test_modules(method):
    ours, theirs = (
        lib.nn.Sequential(lib.nn.Conv2d(2, 3, 1), lib.nn.BatchNorm2d(3)) for lib in (nn, torch)
    )
    getattr(ours, method)(), getattr(theirs, method)()
    for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        assert f"torch.{a.dtype.name}" == str(b.dtype)
    ours.load_state_dict(theirs.state_dict())
    for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        same(a, b)
    assert nn.BatchNorm2d(2).half().num_batches_tracked.dtype == nn.int64


@pytest.mark.parametrize("dtype", SHORT)
def test_norms_and_variances_do_not_overflow_on_the_way(dtype):
    x = np.linspace(100, 400, 50).astype(dtype)
    for ours, theirs in (
        (nn.norm(nn.tensor(x)), torch.norm(in_torch(x))),
        (nn.var(nn.tensor(x)), torch.var(in_torch(x))),
        (nn.std(nn.tensor(x)), torch.std(in_torch(x))),
    ):
        assert f"torch.{ours.dtype.name}" == str(theirs.dtype)
        np.testing.assert_allclose(ours.item(), theirs.item(), rtol=2.0**-7)
