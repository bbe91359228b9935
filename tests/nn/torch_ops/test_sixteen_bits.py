"""Operators on float16 and bfloat16 against PyTorch's in float64, and the dtype of each result."""

import copy

import pytest
import torch
import torch.nn.functional as TF
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from crosscheck.nn import torch_ops
from tests.nn.torch_ops.sixteen_bits import DTYPES, assert_rounded, doubled


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


X, W, B = random(2, 4, 6, 5), random(6, 2, 3, 2, seed=1), random(6, seed=2)
STATISTICS = {"running_mean": B[:4].clone(), "running_var": B[:4].abs()}
CLASSES = torch.arange(60).reshape(2, 6, 5) % 4
# No gradient here reads the output, which is rounded: the bound would have to count that.
CALLS = {
    "conv2d": (dict(input=X, weight=W, bias=B), {"groups": 2, "padding": 1}),
    "linear": (dict(input=X, weight=random(3, 5, seed=1), bias=B[:3]), {}),
    "gelu": (dict(input=X), {"approximate": "tanh"}),
    "max_pool2d": (dict(input=X), {"kernel_size": 3, "stride": 2}),
    "batch_norm": (dict(input=X, weight=B[:4], bias=B[2:]), STATISTICS | {"training": True}),
    "layer_norm": (dict(input=X, weight=B[:5], bias=B[1:]), {"normalized_shape": [5]}),
    "group_norm": (dict(input=X, weight=B[:4], bias=B[2:]), {"num_groups": 2}),
    "cross_entropy": (dict(input=X), {"target": CLASSES, "label_smoothing": 0.1}),
    "mse_loss": (dict(input=X, target=X.flip(0)), {"reduction": "none"}),
}
AFFINE = {"batch_norm": ("weight", "bias"), "layer_norm": ("weight", "bias")}  # in float32


def call(function, tensors, options, dy):
    leaves = [each.detach().clone().requires_grad_() for each in tensors.values()]
    output = function(**dict(zip(tensors, leaves, strict=True)), **options)
    return output, *torch.autograd.grad(output, leaves, dy(output))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_output_and_gradients_are_torchs_rounded(name, dtype):
    tensors, options = CALLS[name]
    dtypes = {each: torch.float32 if each in AFFINE.get(name, ()) else dtype for each in tensors}
    tensors = {each: tensor.to(dtypes[each]) for each, tensor in tensors.items()}
    exact = {each: doubled(tensor) for each, tensor in tensors.items()}
    of_exact = {each: doubled(value) for each, value in options.items()}

    def dy(output):
        return random(*output.shape, seed=9).to(dtype).to(output.dtype)

    ours = call(getattr(torch_ops, name), tensors, options, dy)
    theirs = call(getattr(TF, name), exact, of_exact, dy)
    assert [each.dtype for each in ours] == [dtype, *dtypes.values()]
    for pair in zip(ours, theirs, strict=True):
        assert_rounded(*pair)
    with FakeTensorMode() as mode:
        fakes = {each: mode.from_tensor(tensor) for each, tensor in tensors.items()}
        given = {
            n: mode.from_tensor(v) if isinstance(v, torch.Tensor) else v for n, v in options.items()
        }
        metas = call(getattr(torch_ops, name), fakes, given, lambda output: torch.ones_like(output))
    assert [(each.dtype, each.shape) for each in metas] == [
        (each.dtype, each.shape) for each in ours
    ]


def test_running_statistics_of_sixteen_bits_are_rounded_once():
    x, exact = X.half(), [random(4, seed=3).half(), random(4, seed=4).half().abs()]
    ours = [each.clone() for each in exact]
    exact = [each.double() for each in exact]
    torch_ops.batch_norm(x, *ours, training=True, momentum=0.3)
    TF.batch_norm(x.double(), *exact, training=True, momentum=0.3)
    for pair in zip(ours, exact, strict=True):
        assert_rounded(*pair)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_softmaxs_gradient_reads_the_output_it_stored(dtype):
    x = X.to(dtype).requires_grad_()
    y, dy = torch_ops.softmax(x, 1), X.flip(0).to(dtype)
    (dx,) = torch.autograd.grad(y, x, dy)
    assert_rounded(y, TF.softmax(doubled(x), 1))
    p, v = doubled(y), doubled(dy)
    assert_rounded(dx, p * (v - (p * v).sum(1, keepdim=True)))


def test_a_compiled_and_an_exported_model_of_bfloat16_have_its_dtype():
    model = nn.Sequential(nn.Conv2d(4, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Softmax(1))
    model = model.bfloat16().eval()
    x = X.bfloat16()
    replacement = torch_ops.replace(model)
    expected = model(x)
    torch._dynamo.reset()
    compiled = torch.compile(copy.deepcopy(model), backend="aot_eager", fullgraph=True)
    exported = torch.export.export(model, (x,)).module()
    traced = torch.jit.trace(model, x)
    for each in (compiled, exported, traced):
        found = each(x)
        assert found.dtype == torch.bfloat16 and torch.equal(found, expected)
    assert not replacement.left and not replacement.fell_back


SECOND = {
    "conv2d": CALLS["conv2d"],
    "batch_norm": CALLS["batch_norm"],
    "layer_norm": CALLS["layer_norm"],
    "softmax": (dict(input=X), {"dim": 1}),
    "prelu": (dict(input=X, weight=B[:4]), {}),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_have_the_dtypes_of_the_arguments(name):
    """Their formulas are PyTorch's arithmetic, each step of which is rounded: near is enough."""
    tensors, options = SECOND[name]
    dtypes = {
        each: torch.float32 if each in AFFINE.get(name, ()) else torch.bfloat16 for each in tensors
    }
    leaves = {each: tensor.to(dtypes[each]) for each, tensor in tensors.items()}
    results = []
    for function, convert in (
        (getattr(torch_ops, name), torch.clone),
        (getattr(TF, name), doubled),
    ):
        given = {each: convert(tensor).requires_grad_() for each, tensor in leaves.items()}
        of = {each: doubled(v) if convert is doubled else v for each, v in options.items()}
        output = function(**given, **of)
        given["dy"] = convert(random(*output.shape, seed=9).bfloat16()).requires_grad_()
        first = torch.autograd.grad(output, given["input"], given["dy"], create_graph=True)
        wanted = list(given.values())
        results.append(torch.autograd.grad(first[0].square().sum(), wanted, allow_unused=True))
    for leaf, our, their in zip([*dtypes.values(), torch.bfloat16], *results, strict=True):
        if their is None or not their.any():  # of what the first is linear in
            assert our is None or not our.any()
        else:
            assert our.dtype == leaf and (our.double() - their).norm() <= 0.05 * their.norm()
