"""torch.autocast: our operators take the dtypes that PyTorch's own take, on both devices.

On CUDA with tensors that have no memory (`autocast_on`).
"""

import copy

import pytest
import torch
import torch.nn.functional as TF
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import autocast as autocasts
from tests.nn.autocast_on import autocast_on
from tests.nn.torch_ops.sixteen_bits import DTYPES

X = torch.rand(2, 4, 6, 6, generator=torch.Generator().manual_seed(0))
CLASSES = torch.arange(72).reshape(2, 6, 6) % 4
# Each function, with the shapes of further float32 tensors and its options; there a torch.Size
# stands for integers.
CALLS = [
    ("conv1d", [(3, 6, 2)], {}),
    ("conv2d", [(3, 4, 2, 2), (3,)], {}),
    ("conv_transpose2d", [(4, 3, 2, 2)], {}),
    ("linear", [(3, 6), (3,)], {}),
    ("prelu", [(4,)], {}),
    *((name, [], {}) for name in ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "mish")),
    *((name, [], {}) for name in ("hardswish", "hardsigmoid", "softplus", "dropout", "dropout2d")),
    ("softmax", [], {"dim": 1}),
    ("softmax", [], {"dim": 1, "dtype": torch.float16}),
    ("log_softmax", [], {"dim": 1}),
    ("batch_norm", [(4,), (4,)], {"training": True}),
    ("instance_norm", [], {}),
    ("layer_norm", [(6,), (6,)], {"normalized_shape": (6,)}),
    ("group_norm", [(4,), (4,)], {"num_groups": 2}),
    ("local_response_norm", [], {"size": 3}),
    *((f"{kind}_pool2d", [], {"kernel_size": 2}) for kind in ("max", "avg")),
    *((f"adaptive_{kind}_pool2d", [], {"output_size": 2}) for kind in ("max", "avg")),
    *((f"{kind}_pool1d", [], {"kernel_size": 2}) for kind in ("max", "avg")),
    ("adaptive_avg_pool1d", [], {"output_size": 2}),
    ("lp_pool2d", [], {"norm_type": 2, "kernel_size": 2}),
    ("max_unpool2d", [], {"indices": X.shape, "kernel_size": 2}),
    *(
        ("interpolate", [], {"scale_factor": 2, "mode": mode})
        for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
    ),
    *(("pad", [], {"pad": (1, 2, 0, 1), "mode": m}) for m in ("reflect", "replicate", "circular")),
    ("pixel_shuffle", [], {"upscale_factor": 2}),
    ("pixel_unshuffle", [], {"downscale_factor": 2}),
    ("mse_loss", [X.shape], {}),
    ("l1_loss", [X.shape], {"reduction": "none"}),
    ("smooth_l1_loss", [X.shape], {}),
    ("huber_loss", [X.shape], {}),
    ("binary_cross_entropy", [X.shape], {}),
    ("binary_cross_entropy_with_logits", [X.shape], {}),
    ("cross_entropy", [], {"target": CLASSES.shape}),
    ("cross_entropy", [X.shape], {}),
    ("nll_loss", [], {"target": CLASSES.shape}),
]
SIGNALS = ("conv1d", "max_pool1d", "avg_pool1d", "adaptive_avg_pool1d")
STATISTICS = ("batch_norm", "instance_norm")  # come before the further tensors


def output_dtype(function, name, x, shapes, options):
    """Return the dtype of the result, or what was raised."""
    before = [None, None] if name in STATISTICS else []
    more = [x.new_ones(shape, dtype=torch.float32) for shape in shapes]
    named = {
        each: x.new_zeros(value, dtype=torch.int64) if isinstance(value, torch.Size) else value
        for each, value in options.items()
    }
    if name in ("layer_norm", "group_norm"):
        named |= dict(zip(("weight", "bias"), more, strict=True))
        more = []
    try:
        found = function(x[0] if name in SIGNALS else x, *before, *more, **named)
    except RuntimeError as error:
        return type(error)
    return found.dtype


@pytest.mark.filterwarnings("ignore:.*is not available")
@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize(
    ("name", "shapes", "options"), CALLS, ids=[f"{i} {each[0]}" for i, each in enumerate(CALLS)]
)
def test_every_function_takes_the_dtype_that_torchs_takes(device, name, shapes, options):
    ours, theirs = getattr(torch_ops, name), getattr(TF, name)
    with FakeTensorMode(), autocast_on(device, torch.float16):
        for dtype in (torch.float32, torch.float16, torch.float64):
            x = torch.ones(X.shape, device=device, dtype=dtype)
            if dtype == torch.float64 and shapes:
                continue  # float64 beside float32: neither takes it
            found = output_dtype(ours, name, x, shapes, options)
            assert found == output_dtype(theirs, name, x, shapes, options), dtype


def test_a_loss_that_overflows_in_float16_is_refused_on_cuda_as_torch_does():
    with FakeTensorMode(), autocast_on("cuda", torch.float16):
        x = torch.ones(3, device="cuda")
        message = "binary_cross_entropy: torch.is_autocast_enabled is True; expected False"
        with pytest.raises(RuntimeError, match=message):
            torch_ops.binary_cross_entropy(x, x)
        with pytest.raises(RuntimeError, match="unsafe to autocast"):
            TF.binary_cross_entropy(x, x)


def test_a_weight_on_cuda_comes_from_torchs_cache(monkeypatch):
    """By an einsum, as PyTorch's list has it; with no GPU nothing that has a gradient can run."""
    lists = torch._C._dispatch_has_kernel_for_dispatch_key
    assert lists("aten::einsum", "AutocastCUDA") and not lists("aten::relu", "AutocastCUDA")
    w = nn.Parameter(torch.ones(3, 6, 1, 1)).to(memory_format=torch.channels_last)
    view = autocasts._cached(w)
    assert view.data_ptr() == w.data_ptr() and view.stride() == w.stride()
    seen = []

    def cached(weight):
        seen.append(weight)
        return weight.detach()

    monkeypatch.setattr(autocasts, "_cached", cached)
    with FakeTensorMode(), autocast_on("cuda", torch.bfloat16), torch.no_grad():
        weight, bias = (nn.Parameter(torch.ones(shape, device="cuda")) for shape in ((3, 6), (3,)))
        y = torch_ops.linear(torch.ones(2, 6, device="cuda"), weight, bias)
    assert y.dtype == torch.bfloat16 and seen[0] is weight and seen[1] is bias and len(seen) == 2


class Net(nn.Module):
    """Layers of every list: their own dtype, float32, and whatever comes."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.relu = nn.Conv2d(4, 3, 3), nn.BatchNorm2d(3), nn.ReLU()
        self.pool, self.prelu, self.group = nn.MaxPool2d(2), nn.PReLU(3), nn.GroupNorm(1, 3)
        self.linear, self.loss = nn.Linear(12, 4), nn.CrossEntropyLoss()

    def forward(self, x, target):
        x = self.pool(self.relu(self.norm(self.conv(x))))
        return self.loss(self.linear(self.group(self.prelu(x)).flatten(1)), target)


TARGET = torch.tensor([1, 3])


def gradients(model, x, dtype=None):
    with torch.autocast("cpu", dtype or torch.bfloat16, enabled=dtype is not None):
        loss = model(x, TARGET.clone())
    return [loss.detach(), *torch.autograd.grad(loss, list(model.parameters()))]


def distance(results, exact):
    parts = [
        (our.double() - their).square().sum() for our, their in zip(results, exact, strict=True)
    ]
    return torch.stack(parts).sum().sqrt()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_training_under_autocast_is_as_near_to_float64_as_torchs(dtype):
    """Twice its distance is allowed: both round the same tensors, each its own sums."""
    torch.manual_seed(0)
    theirs = Net()
    ours, x = copy.deepcopy(theirs), X * 2 - 1
    replacement = torch_ops.replace(ours)
    for _ in range(3):
        exact = gradients(copy.deepcopy(theirs).double(), x.double())
        their, our = gradients(theirs, x, dtype), gradients(ours, x, dtype)
        assert [each.dtype for each in our] == [each.dtype for each in their]
        assert 0 < distance(our, exact) <= 2 * distance(their, exact)
        with torch.no_grad():
            for pair, step in zip(
                zip(ours.parameters(), theirs.parameters(), strict=True), their[1:], strict=True
            ):
                for parameter in pair:
                    parameter -= 0.1 * step
    assert not replacement.left and not replacement.fell_back
    for our, their in zip(ours.buffers(), theirs.buffers(), strict=True):
        torch.testing.assert_close(our, their, rtol=0.01, atol=0.01)


def test_a_grad_scaler_skips_a_step_that_overflowed_and_then_trains():
    torch.manual_seed(0)
    theirs = Net()
    ours, x = copy.deepcopy(theirs), X * 2 - 1
    torch_ops.replace(ours)
    kept, scales, losses = [each.clone() for each in ours.parameters()], [], []
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24, backoff_factor=2.0**-12)
    for step in range(4):
        with torch.autocast("cpu", torch.float16):
            loss = ours(x, TARGET)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
        losses.append(loss.item())
        same = all(map(torch.equal, kept, ours.parameters()))
        assert same == (step == 0)
    assert scales == [2.0**12] * 4 and losses[-1] < losses[1] == pytest.approx(losses[0], abs=1e-3)


def test_a_compiled_model_under_autocast_computes_as_the_model_does():
    model, x = nn.Sequential(nn.Conv2d(4, 3, 3), nn.ReLU(), nn.Softmax(1)), X * 2 - 1
    torch_ops.replace(model)
    torch._dynamo.reset()
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    with torch.autocast("cpu", torch.bfloat16):
        expected, found = model(x), compiled(x)
    assert found.dtype == expected.dtype == torch.bfloat16 and torch.equal(found, expected)
    grads = [torch.autograd.grad(each.sum(), model[0].bias)[0] for each in (expected, found)]
    assert grads[0].dtype == torch.float32 and torch.equal(*grads)
