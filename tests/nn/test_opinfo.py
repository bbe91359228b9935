"""PyTorch's own samples of the functions that `nn` composes or makes views by: values, gradients.

`crosscheck parity` holds those with kernels of their own against derived bounds; here nothing but
the order of sums may differ, so float64 agrees to a few of its roundings.
"""

import numpy as np
import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db

from crosscheck import nn

NAMES = """
view reshape permute transpose t squeeze unsqueeze expand expand_as narrow select split chunk unbind
flatten cat stack flip repeat contiguous __getitem__ take index_select gather where masked_fill
max min amax amin argmax argmin sum mean var std norm maximum minimum matmul mm bmm __rmatmul__
add sub mul div floor_divide pow __rpow__ neg eq ne lt le gt ge
logical_and logical_or logical_not floor ceil
sign isnan zeros_like ones_like full_like nn.functional.pad
""".split()

# Arguments that PyTorch has and `nn` has not.
OTHERS = {
    "out", "memory_format", "layout", "pin_memory", "sparse_grad", "decimals",
}  # fmt: skip


NOT_HERE = ("replicate_negative", "nuc")  # that `nn` has not


def ours_of(name):
    """Return our function of PyTorch's name: a method, if it is none of the package."""
    if name.startswith("nn.functional."):
        return getattr(nn.functional, name.removeprefix("nn.functional."))
    if name in ("view", "expand", "expand_as", "contiguous", "repeat") or name.startswith("__"):
        return getattr(nn.Tensor, name)
    return getattr(nn, name)


def converted(value, leaves):
    """Return an argument with our tensors in the place of torch's, and enter all tensors."""
    if isinstance(value, torch.Tensor):
        if id(value) not in leaves:
            value.grad = None  # samples share tensors
            ours = nn.tensor(value.detach().numpy(), value.requires_grad)
            leaves[id(value)] = value, ours
        return leaves[id(value)][1]
    if isinstance(value, torch.dtype):
        return getattr(nn, str(value).removeprefix("torch."))
    if isinstance(value, (list, tuple)):
        return type(value)(converted(each, leaves) for each in value)
    return value


def tensors(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def is_asked(info, sample):
    """Return whether a sample asks for what `nn` offers."""
    if info.name == "nn.functional.pad" and info.variant_test_name != "constant":
        return len(sample.args[0]) <= 4 and min(sample.args[0]) >= 0  # images, made larger
    words = {key for key, value in sample.kwargs.items() if value is not None}
    # A view as another dtype, and torch's reductions of two arguments without a word.
    return not words & OTHERS and not any(isinstance(each, torch.dtype) for each in sample.args)


def samples():
    for name in NAMES:
        infos = [each for each in op_db if each.name == name]
        assert infos, name
        for info in infos:
            if info.variant_test_name in NOT_HERE:
                continue
            yield pytest.param(info, id=f"{name} {info.variant_test_name}".strip())


def assert_equal(ours, theirs):
    theirs = theirs.detach().numpy()
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-11, atol=1e-12, strict=True)


@pytest.mark.parametrize("info", list(samples()))
def test_every_sample_is_torchs(info):
    checked = 0
    drawn = info.sample_inputs("cpu", torch.float64, requires_grad=info.supports_autograd)
    for sample in drawn:
        if not is_asked(info, sample):
            continue
        expected = info.op(sample.input, *sample.args, **sample.kwargs)
        leaves = {}
        args = [converted(each, leaves) for each in (sample.input, *sample.args)]
        options = {name: converted(each, leaves) for name, each in sample.kwargs.items()}
        if info.name == "where":
            args[:2] = args[1::-1]
        found = ours_of(info.name)(*args, **options)
        for one, other in zip(tensors(found), tensors(expected), strict=True):
            assert_equal(one, other)
            if other.requires_grad:
                gradient = torch.randn_like(other)
                other.backward(gradient, retain_graph=True)
                assert one.requires_grad
                one.backward(gradient.numpy())
        for theirs, own in leaves.values():
            if theirs.grad is not None and theirs.is_leaf:
                assert_equal(own.grad, theirs.grad)
        checked += 1
    assert checked
