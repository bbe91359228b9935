"""Settings of TF32, by PyTorch's names: what is in force where, and which algorithms it permits."""

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels import precision
from crosscheck.kernels.algorithm import Algorithm, table

NAMES = "", "cudnn.", "cudnn.conv.", "cuda.matmul."
BOTH = pytest.mark.parametrize("of", [nn.backends, torch.backends], ids=["ours", "torchs"])


@pytest.fixture(autouse=True)
def as_they_were():
    """Give the settings of both back."""
    before = [owner(torch.backends, name).fp32_precision for name in NAMES]
    with torch.backends.__allow_nonbracketed_mutation():  # PyTorch's own test modules forbid it
        yield
        for name, value in zip(NAMES, before, strict=True):
            put(nn.backends, name, "none")
            put(torch.backends, name, value)


def owner(root, name):
    for part in filter(None, name.split(".")):
        root = getattr(root, part)
    return root


def put(root, name, value):
    owner(root, name).fp32_precision = value


def in_force(root):
    return [owner(root, name).fp32_precision for name in NAMES]


@BOTH
def test_what_has_no_value_has_that_of_the_one_above(of):
    for name in NAMES[1:]:
        put(of, name, "none")
    put(of, "", "tf32")
    assert in_force(of) == ["tf32"] * 4
    put(of, "cudnn.conv.", "ieee")
    assert in_force(of) == ["tf32", "tf32", "ieee", "tf32"]
    put(of, "", "ieee")
    put(of, "cuda.matmul.", "tf32")
    assert in_force(of) == ["ieee", "ieee", "ieee", "tf32"]


def test_kernels_hear_of_it():
    assert precision.allowed("conv2d") == precision.allowed("linear") == "ieee"
    nn.backends.cudnn.allow_tf32 = True
    assert (precision.allowed("conv2d"), precision.allowed("linear")) == ("tf32", "ieee")
    assert nn.backends.cudnn.conv.fp32_precision == "tf32"
    nn.backends.cudnn.fp32_precision = "none"
    nn.set_float32_matmul_precision("high")
    assert (precision.allowed("conv2d"), precision.allowed("linear")) == ("ieee", "tf32")
    assert nn.get_float32_matmul_precision() == "high" and nn.backends.cuda.matmul.allow_tf32
    nn.set_float32_matmul_precision("highest")
    assert precision.allowed("linear") == "ieee"


def test_a_wrong_value_is_named_and_changes_nothing():
    with pytest.raises(ValueError, match="fp32_precision is 'fp8'; expected 'ieee', 'tf32'"):
        nn.backends.cudnn.fp32_precision = "fp8"
    with pytest.raises(TypeError, match="allow_tf32 is 'yes'; expected True or False"):
        nn.backends.cuda.matmul.allow_tf32 = "yes"
    with pytest.raises(ValueError, match="precision is 'low'; expected 'highest'"):
        nn.set_float32_matmul_precision("low")
    assert in_force(nn.backends) == ["ieee"] * 4


def test_a_call_without_a_name_runs_tf32_only_where_it_is_allowed():
    algorithms = table(
        Algorithm("tensor_core", print, float32_precision="tf32"), Algorithm("direct", print)
    )

    def permitted(dtype):
        return list(precision.permitted(algorithms, "conv2d", np.dtype(dtype)))

    assert permitted("float32") == ["direct"]
    assert permitted("float16") == permitted("float64") == ["tensor_core", "direct"]
    nn.backends.fp32_precision = "tf32"
    assert permitted("float32") == ["tensor_core", "direct"]
