"""Weights saved and loaded, exchanged with PyTorch; a damaged file is named."""

import struct
import sys

import numpy as np
import pytest
import safetensors.torch
import torch

from crosscheck import nn
from crosscheck.nn import serialization


def build(module):
    return module.Sequential(
        module.Conv2d(3, 4, 3),
        module.BatchNorm2d(4),
        module.ReLU(),
        module.Flatten(),
        module.Linear(4 * 6 * 6, 5),
    )


def images(seed=0):
    return np.random.default_rng(seed).standard_normal((2, 3, 8, 8)).astype(np.float32)


def trained(module):
    """Return a model whose running statistics are not those of a new one, in eval mode."""
    model = build(module)
    model(nn.tensor(images()) if module is nn else torch.from_numpy(images()))
    return model.eval()


def predictions(model):
    ours = isinstance(model, nn.Module)
    result = model(nn.tensor(images(1)) if ours else torch.from_numpy(images(1)))
    return result.detach().numpy()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def test_save_and_load(path):
    source, target = trained(nn), build(nn).eval()
    nn.save(source.state_dict(), path)
    assert target.load_state_dict(nn.load(path)) == ([], [])
    for name, tensor in source.state_dict().items():
        np.testing.assert_array_equal(
            target.state_dict()[name].numpy(), tensor.numpy(), strict=True
        )
    np.testing.assert_array_equal(predictions(target), predictions(source))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_from_torch(path):
    theirs, ours = trained(torch.nn), build(nn).eval()
    safetensors.torch.save_file(theirs.state_dict(), path)
    ours.load_state_dict(nn.load(path))
    np.testing.assert_allclose(predictions(ours), predictions(theirs), rtol=1e-4, atol=1e-6)


def test_to_torch(path):
    ours, theirs = trained(nn), build(torch.nn).eval()
    nn.save(ours.state_dict(), path)
    theirs.load_state_dict(safetensors.torch.load_file(path))
    np.testing.assert_allclose(predictions(ours), predictions(theirs), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_any_dtype_and_layout(path, dtype):
    arrays = dict(
        plain=np.arange(6).reshape(2, 3),
        transposed=np.arange(6).reshape(2, 3).T,
        reversed=np.arange(6)[::-1],
        scalar=np.array(3),
        empty=np.zeros((0, 2)),
    )
    arrays = {name: each.astype(dtype, order="K") for name, each in arrays.items()}
    nn.save({name: nn.tensor(each) for name, each in arrays.items()}, path)
    loaded = nn.load(path)
    assert list(loaded) and set(loaded) == set(arrays)
    for name, each in arrays.items():
        np.testing.assert_array_equal(loaded[name].numpy(), each, strict=True)


def test_metadata(path):
    nn.save({}, path)
    assert serialization.metadata(path) == {}
    nn.save({"a": nn.tensor(np.ones(1))}, path, {"epoch": "3"})
    assert serialization.metadata(path) == {"epoch": "3"} and list(nn.load(path)) == ["a"]


def test_loaded_tensors_can_be_written(path):
    nn.save({"a": nn.tensor(np.ones(2))}, path)
    nn.load(path)["a"].array[...] = 2


WRONG = {
    "empty": lambda content: b"",
    "text": lambda content: b"these are no weights, but long enough to look at",
    "pickle": lambda content: b"\x80\x04\x95" + content,
    "header truncated": lambda content: content[:20],
    "numbers truncated": lambda content: content[:-1],
    "longer than its header says": lambda content: content + b"\0",
    "header of 2^60 bytes": lambda content: struct.pack("<Q", 2**60) + content[8:],
    "another shape": lambda content: content.replace(b'"shape":[5]', b'"shape":[6]'),
    "another dtype": lambda content: content.replace(b'"F32"', b'"BF1"'),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_named_and_the_model_unchanged(path, spoil):
    nn.save(trained(nn).state_dict(), path)
    content = path.read_bytes()
    path.write_bytes(spoil(content))
    assert path.read_bytes() != content
    model = build(nn)
    before = {name: each.numpy().copy() for name, each in model.state_dict().items()}
    with pytest.raises(ValueError, match="load: .*model.safetensors' is not a complete"):
        model.load_state_dict(nn.load(path))
    for name, each in model.state_dict().items():
        np.testing.assert_array_equal(each.numpy(), before[name])


def test_a_dtype_that_numpy_does_not_have(path):
    safetensors.torch.save_file({"a": torch.ones(2, dtype=torch.bfloat16)}, path)
    try:
        values = nn.load(path)["a"].numpy()
    except ValueError as error:
        assert "not a complete safetensors file of dtypes that NumPy has" in str(error)
    else:  # where ml_dtypes is installed
        assert values.astype(np.float32).tolist() == [1, 1]


def test_no_file(path):
    with pytest.raises(FileNotFoundError):
        nn.load(path)


def test_a_save_that_fails_leaves_the_old_file(path, monkeypatch):
    nn.save({"a": nn.tensor(np.ones(2))}, path)

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(serialization.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        nn.save({"a": nn.tensor(np.zeros(2))}, path)
    assert (nn.load(path)["a"].numpy() == 1).all()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_old_file_is_replaced_not_overwritten(path):
    nn.save({"a": nn.tensor(np.ones(2))}, path)
    old = path.with_name("old")
    old.hardlink_to(path)
    nn.save({"a": nn.tensor(np.zeros(2))}, path)
    assert (nn.load(old)["a"].numpy() == 1).all() and (nn.load(path)["a"].numpy() == 0).all()


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"a": np.ones(2)}, "save: a is 'ndarray'; expected an nn.Tensor"),
        ({1: nn.tensor(np.ones(2))}, "save: name is 1; expected a string"),
    ],
)
def test_values_that_cannot_be_saved(path, state, message):
    with pytest.raises(TypeError, match=message):
        nn.save(state, path)
    assert not path.exists()


def test_without_safetensors_the_error_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"load: .* pip install 'crosscheck-kernels\[weights\]'"):
        nn.load(path)


@pytest.mark.parametrize("method", ["half", "bfloat16"])
def test_16_bits_go_to_torch_and_back(path, method):
    ours, theirs = (getattr(build(each), method)() for each in (nn, torch.nn))
    nn.save(ours.state_dict(), path)
    theirs.load_state_dict(safetensors.torch.load_file(path))
    for name, tensor in theirs.state_dict().items():
        mine = ours.state_dict()[name]
        assert f"torch.{mine.dtype.name}" == str(tensor.dtype)
        np.testing.assert_array_equal(mine.double().numpy(), tensor.double().numpy())
        tensor.add_(1)
    safetensors.torch.save_file(theirs.state_dict(), path)
    loaded = nn.load(path)
    assert ours.load_state_dict(loaded) == ([], [])
    for name, tensor in theirs.state_dict().items():
        assert loaded[name].dtype == ours.state_dict()[name].dtype
        np.testing.assert_array_equal(loaded[name].double().numpy(), tensor.double().numpy())
