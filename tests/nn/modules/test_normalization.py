"""The normalising modules against torch's: signatures, results, gradients, running statistics."""

import inspect

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.nn import functional as F

IMAGES, ROWS = (3, 4, 2, 5), (3, 4, 5)
TRACKED = dict(track_running_stats=True)
CASES = [
    ("BatchNorm1d", (4,), {}, (6, 4)),
    ("BatchNorm1d", (4,), dict(momentum=None), ROWS),
    ("LayerNorm", (5,), {}, ROWS),
    ("LayerNorm", ([2, 5],), dict(bias=False), IMAGES),
    ("LayerNorm", (1,), {}, (6, 1)),
    ("LayerNorm", ((4, 5),), dict(elementwise_affine=False), ROWS),
    ("GroupNorm", (2, 4), {}, IMAGES),
    ("GroupNorm", (1, 4), dict(affine=False, eps=0.1), ROWS),
    ("InstanceNorm1d", (4,), dict(affine=True), ROWS),
    ("InstanceNorm2d", (4,), {}, IMAGES),
    ("InstanceNorm2d", (4,), dict(affine=True, bias=False, momentum=0.3, **TRACKED), IMAGES),
    ("InstanceNorm1d", (4,), dict(momentum=None, **TRACKED), ROWS),
    ("InstanceNorm1d", (4,), dict(affine=True, **TRACKED), (4, 5)),
]


def numbers(seed, shape):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("name", sorted({name for name, *_ in CASES}))
def test_signature_is_torchs(name):
    ours = inspect.signature(getattr(nn, name)).parameters
    theirs = inspect.signature(getattr(torch.nn, name)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize(("name", "arguments", "options", "shape"), CASES)
def test_results_gradients_and_statistics_are_torchs(name, arguments, options, shape):
    results = []
    for module, tensor in ((nn, nn.tensor), (torch.nn, torch.tensor)):
        dtype = np.float64 if module is nn else torch.float64
        layer = getattr(module, name)(*arguments, **options, dtype=dtype)
        for seed, (_, each) in enumerate(layer.named_parameters()):
            drawn = tensor(numbers(seed, tuple(each.shape)))
            with nn.no_grad(), torch.no_grad():
                each.copy_(drawn)
        x = tensor(numbers(8, shape), requires_grad=True)
        y = layer(x)
        y.backward(tensor(numbers(9, shape)))
        found = {"y": y.detach().numpy(), "x": x.grad.numpy()}
        found |= {key: each.grad.numpy() for key, each in layer.named_parameters()}
        found |= {key: each.numpy() for key, each in layer.named_buffers()}
        layer.eval()
        found["eval"] = layer(tensor(numbers(7, shape))).detach().numpy()
        results.append(found)
    ours, theirs = results
    assert ours.keys() == theirs.keys()
    for key in ours:
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-9, atol=1e-12, err_msg=key)


ONES = nn.tensor(np.ones(ROWS))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.BatchNorm1d(4)(nn.tensor(np.ones(4))), r"BatchNorm1d: input.shape is \(4,\)"),
        (lambda: F.layer_norm(ONES, (4,)), r"layer_norm: normalized_shape is \(4,\); expected the"),
        (lambda: F.layer_norm(ONES, (5,), ONES), r"layer_norm: weight.shape is \(3, 4, 5\)"),
        (lambda: F.group_norm(ONES, 3), "group_norm: num_groups is 3; expected a divisor of"),
        (lambda: nn.GroupNorm(3, 4), "GroupNorm: num_channels is 4; expected a multiple of"),
        (lambda: F.instance_norm(nn.tensor(np.ones((2, 3)))), r"input.shape is \(2, 3\)"),
        (lambda: F.instance_norm(ONES[:, :, :1]), "expected more than 1 element of each channel"),
        (lambda: F.instance_norm(ONES, use_input_stats=False), "an array where use_input_stats is"),
        (
            lambda: F.instance_norm(ONES, running_var=ONES[0, :, 0]),
            "running_mean is None; expected",
        ),
        (lambda: nn.InstanceNorm2d(4)(ONES[0]), r"InstanceNorm2d: input.shape is \(4, 5\)"),
    ],
)
def test_rejects(call, message):
    with pytest.raises(ValueError, match=message):
        call()
