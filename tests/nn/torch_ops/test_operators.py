"""The operators against PyTorch's own, in float64."""

import inspect

import pytest
import torch
import torch.nn.functional as TF

import crosscheck.nn.functional as F
from crosscheck.nn import torch_ops


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


X, W, B = random(2, 4, 6, 7), random(6, 2, 3, 2, seed=1), random(6, seed=2)
Y = random(2, 4, 6, 7, seed=3)
CONV = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}
TRANSPOSED = CONV | {"output_padding": (1, 0)}
MAX = {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}
AVERAGE = {"kernel_size": (2, 3), "stride": 2, "padding": (1, 1), "ceil_mode": True}
PLACES = torch.arange(X.numel()).reshape(X.shape) * 4 % (13 * 15)
CALLS = [
    ("conv2d", (X, W, B), CONV),
    ("conv2d", (X, W), {"groups": 2, "padding": "same"}),  # an even filter: one side pads more
    ("conv2d", (X, W, B), {"groups": 2, "padding": "valid", "stride": [3]}),
    ("conv2d", (X[0], W, B), CONV),
    ("conv2d", (X[:0], W, B), CONV),
    ("max_pool2d", (X,), MAX),
    ("max_pool2d", (X[0],), {"kernel_size": (2, 3), "dilation": 2}),
    ("avg_pool2d", (X,), AVERAGE | {"count_include_pad": False}),
    ("avg_pool2d", (X[0],), AVERAGE | {"divisor_override": -3}),
    ("conv2d", (X[:, :0], W[:, :0], B), {}),  # no channels in, none out: the bias gets zeros
    ("adaptive_avg_pool2d", (X,), {"output_size": (4, None)}),
    ("adaptive_avg_pool2d", (X[0],), {"output_size": 1}),
    ("linear", (X, random(3, 7, seed=1), random(3, seed=2)), {}),
    ("linear", (random(7), random(3, 7, seed=1)), {}),
    ("linear", (X, random(7, seed=1)), {}),
    ("layer_norm", (X,), {"normalized_shape": (6, 7)}),
    ("layer_norm", (X[:0],), {"normalized_shape": [7], "weight": Y[0, 0, 0], "eps": 0.1}),
    ("group_norm", (X,), {"num_groups": 2, "weight": B[:4], "bias": B[2:]}),
    ("group_norm", (X[0],), {"num_groups": 3, "eps": 0.1}),
    ("instance_norm", (X,), {"weight": B[:4], "bias": B[2:]}),
    ("relu", (X,), {}),
    ("relu", (random(5),), {}),
    ("softmax", (X,), {"dim": 1}),
    ("softmax", (X[:0],), {"dim": -1}),
    ("softmax", (X.float(),), {"dim": 2, "dtype": torch.float64}),
    ("log_softmax", (X,), {"dim": -1}),
    ("log_softmax", (random(5),), {"dim": 0}),
    ("log_softmax", (X[0, 0, 0, 0],), {"dim": 0}),
    ("mse_loss", (X, Y), {"reduction": "none"}),
    ("mse_loss", (X, Y), {}),
    ("mse_loss", (X, Y), {"reduction": "sum", "weight": X * Y}),
    ("mse_loss", (X, Y), {"weight": X * Y}),
    ("mse_loss", (X, Y), {"size_average": False}),
    ("mse_loss", (X[:0], Y[:0]), {}),
    ("l1_loss", (X, Y), {"weight": X * Y}),
    ("smooth_l1_loss", (X, Y), {"beta": 0.4, "reduction": "sum"}),
    ("huber_loss", (X, Y), {"delta": 2, "weight": X * Y}),
    ("binary_cross_entropy", (X.sigmoid(), Y.sigmoid()), {"weight": B[:, None]}),
    ("binary_cross_entropy_with_logits", (X, Y), {"weight": X, "pos_weight": B[:, None]}),
    ("conv_transpose2d", (X, random(4, 3, 3, 2, seed=1), B), TRANSPOSED),
    ("interpolate", (X,), {"scale_factor": (1.5, 2), "mode": "bicubic"}),
    ("pixel_shuffle", (X,), {"upscale_factor": 2}),
    ("pixel_unshuffle", (X[0, :, :, :6],), {"downscale_factor": 3}),
    ("unfold", (X,), {"kernel_size": (3, 2), "dilation": (1, 2), "padding": 1, "stride": (2, 1)}),
    ("fold", (random(12, 12),), {"output_size": (5, 6), "kernel_size": (3, 2), "dilation": (1, 2)}),
    ("interpolate", (X[0],), {"size": 5, "mode": "linear", "align_corners": True}),
    ("interpolate", (X,), {"size": (4, 9), "mode": "area"}),
    ("conv_transpose2d", (X[0], random(4, 3, 2, 2, seed=1)), {"stride": 2}),
    ("pad", (X,), {"pad": (3, 1, 0, 2), "mode": "reflect"}),
    ("pad", (X[0],), {"pad": (9, 1, 7, 2), "mode": "replicate"}),
    ("pad", (X[0],), {"pad": (7, 4), "mode": "circular"}),
    ("pad", (X[0, 0],), {"pad": (2, 6), "mode": "reflect"}),
    ("pad", (X,), {"pad": (-1, 3), "value": 2.0}),
    ("conv1d", (X[0], random(6, 3, 3, seed=1), B), {"stride": 2, "padding": (1,), "groups": 2}),
    ("conv1d", (X[0, 0], random(3, 6, 2, seed=1)), {"padding": "same", "dilation": 2}),
    ("max_pool1d", (X[0],), MAX),
    ("avg_pool1d", (X[0, 0],), {"kernel_size": 3, "padding": 1, "count_include_pad": False}),
    ("adaptive_avg_pool1d", (X[0],), {"output_size": 4}),
    ("adaptive_max_pool2d", (X,), {"output_size": (4, None)}),
    ("lp_pool2d", (X,), {"norm_type": 2, "kernel_size": (3, 2), "stride": 2, "ceil_mode": True}),
    ("lp_pool2d", (X[0].abs(),), {"norm_type": 1.5, "kernel_size": 3}),
    ("lp_pool2d", (X[:0],), {"norm_type": 3, "kernel_size": 2}),
    ("lp_pool2d", (X,), {"norm_type": -float("inf"), "kernel_size": 2, "stride": (1, 2)}),
    ("local_response_norm", (X,), {"size": 2}),
    ("local_response_norm", (X[0],), {"size": 5, "alpha": 0.3, "beta": 0.6, "k": 1.5}),
    ("local_response_norm", (X[:, :0],), {"size": 3}),
    ("max_unpool2d", (X,), {"indices": PLACES, "kernel_size": 2, "output_size": (13, 15)}),
]

NAMES = [name for name in torch_ops.modules.__all__ if hasattr(F, name)]


def gradients(function, tensors, options):
    leaves = [tensor.detach().clone().requires_grad_() for tensor in tensors]
    output = function(*leaves, **options)
    return output, *torch.autograd.grad(output, leaves, random(*output.shape, seed=9))


@pytest.mark.filterwarnings("ignore:size_average and reduce")
@pytest.mark.parametrize(("name", "tensors", "options"), CALLS)
def test_output_and_gradients_are_torchs(name, tensors, options):
    ours = gradients(getattr(torch_ops, name), tensors, options)
    theirs = gradients(getattr(TF, name), tensors, options)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_signature_is_that_of_nn_functional(name):
    ours = inspect.signature(getattr(torch_ops, name)).parameters
    theirs = inspect.signature(getattr(F, name)).parameters
    assert {n: p.default for n, p in ours.items()} == {n: p.default for n, p in theirs.items()}
    assert list(ours) == list(theirs)


def test_max_pool2d_returns_torchs_indices():
    output, indices = torch_ops.max_pool2d(X, **MAX, return_indices=True)
    assert torch.equal(indices, TF.max_pool2d(X, **MAX, return_indices=True)[1])
    assert not indices.requires_grad and output.shape == indices.shape


LAYOUTS = {
    "channels_last": lambda x: x.to(memory_format=torch.channels_last),
    "transposed": lambda x: x.transpose(2, 3).contiguous().transpose(2, 3),
    "strided": lambda x: torch.stack([x, x], dim=-1)[..., 1],
    "expanded": lambda x: x[:1].expand_as(x),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("name", "tensors", "options"),
    [CALLS[i] for i in (0, 5, 7, 10, 12, 15, 17, 20, 23, 24, -8, -4)],
)
def test_any_layout_of_input_and_gradient(layout, name, tensors, options):
    tensors = [LAYOUTS[layout](t) if t.ndim == 4 else t for t in tensors]
    results = []
    for function in (getattr(torch_ops, name), getattr(TF, name)):
        leaves = [tensor.detach().requires_grad_() for tensor in tensors]
        output = function(*leaves, **options)
        dy = random(*output.shape, seed=9)
        dy = LAYOUTS[layout](dy) if dy.ndim == 4 else dy
        results.append((output, *torch.autograd.grad(output, leaves, dy)))
    for our, their in zip(*results, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12)


def test_relu_keeps_the_memory_order():
    x = LAYOUTS["channels_last"](X)
    assert torch_ops.relu(x).stride() == x.stride()


@pytest.mark.parametrize("wanted", range(8))
def test_only_what_requires_grad_gets_a_gradient(wanted):
    leaves = [t.clone().requires_grad_(bool(wanted >> i & 1)) for i, t in enumerate((X, W, B))]
    output = torch_ops.conv2d(*leaves, **CONV)
    assert output.requires_grad == bool(wanted)
    if wanted:
        output.backward(random(*output.shape))
    assert [leaf.grad is not None for leaf in leaves] == [leaf.requires_grad for leaf in leaves]


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_nothing_is_recorded_where_torch_records_nothing(context):
    with context():
        output = torch_ops.conv2d(X, W.clone().requires_grad_(), **CONV)
    assert not output.requires_grad


def test_relu_in_place_changes_its_input_and_returns_it():
    leaf = X.clone().requires_grad_()
    x = leaf * 1
    assert torch_ops.relu(x, inplace=True) is x
    assert torch.equal(x, TF.relu(X))
    x.sum().backward()
    assert torch.equal(leaf.grad, (X > 0).double())
    with pytest.raises(RuntimeError, match="leaf Variable"):
        torch_ops.relu(leaf, inplace=True)


def test_mse_loss_broadcasts_with_a_warning_as_torch_does():
    with pytest.warns(UserWarning, match="differ in shape") as warned:
        ours = gradients(torch_ops.mse_loss, (X, Y[:1, :, :1]), {})
    assert warned[0].filename == __file__
    with pytest.warns(UserWarning, match="different to the input size"):
        theirs = gradients(TF.mse_loss, (X, Y[:1, :, :1]), {})
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-12, atol=1e-12)


EACH = [
    torch_ops.relu,
    lambda x: torch_ops.softmax(x, 0),
    lambda x: torch_ops.mse_loss(x, W[:4, :, 0, 0].mean() * x),
    lambda x: torch_ops.cross_entropy(x, torch.arange(126).view(3, 6, 7) % 4),
    lambda x: torch_ops.batch_norm(x, None, None, training=True),
]


@pytest.mark.parametrize("function", EACH)
def test_vmap_runs_an_operator_once_for_each_and_func_grad_refuses_it(function):
    x = X[:, None].expand(2, 3, 4, 6, 7) * torch.arange(1.0, 4)[:, None, None, None]
    expected = torch.stack([function(each) for each in x])
    torch.testing.assert_close(torch.vmap(function)(x), expected, rtol=1e-12, atol=1e-12)
    with pytest.raises(RuntimeError, match="functorch transforms"):
        torch.func.grad(lambda x: function(x).sum())(x[0])
