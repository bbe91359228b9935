"""nn.fuse: what is fused, what is not, and how far the numbers may move."""

import copy

import numpy as np
import pytest
import torch

from crosscheck import nn
from crosscheck.kernels.launch import Kernel
from crosscheck.nn import functional as F
from crosscheck.parity.bounds import gamma

FUSIBLE = dict(in_channels=3, out_channels=4, kernel_size=3, padding=1)


def randomized(model, seed=0):
    """Return the model in eval mode, with random parameters and statistics."""
    rng = np.random.default_rng(seed)
    for name, tensor in model.state_dict().items():
        if tensor.dtype.kind == "f":
            values = rng.standard_normal(tensor.shape)
            tensor.array[...] = np.abs(values) + 0.1 if name.endswith("var") else values
    return model.eval()


def kinds(model):
    """Return the classes of the modules that do something, by path."""
    return {
        path: type(each).__name__
        for path, each in model.named_modules()
        if not any(each.children()) and not isinstance(each, nn.Identity)
    }


def images(*shape, dtype=np.float32, seed=1):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def vgg():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=2, bias=False), nn.BatchNorm2d(8)),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 4, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * 20, 5),
    )


def torch_vgg(model):
    t = torch.nn
    theirs = t.Sequential(
        t.Conv2d(3, 8, 3, padding=1),
        t.BatchNorm2d(8),
        t.ReLU(),
        t.Sequential(t.Conv2d(8, 8, 3, padding=1, groups=2, bias=False), t.BatchNorm2d(8)),
        t.ReLU(inplace=True),
        t.MaxPool2d(2),
        t.Conv2d(8, 4, 1),
        t.ReLU(),
        t.Flatten(),
        t.Linear(4 * 20, 5),
    )
    theirs.load_state_dict({k: torch.tensor(v.numpy()) for k, v in model.state_dict().items()})
    return theirs.eval().double()


FUSED_VGG = {
    "0": "ConvReLU2d",
    "3.0": "ConvReLUMaxPool2d",
    "6": "ConvReLU2d",
    "8": "Flatten",
    "9": "Linear",
}


class Network(nn.Module):
    """A model with its own forward, which says in `how` what becomes of the first output."""

    def __init__(self, how=None):
        super().__init__()
        self.conv, self.norm, self.relu = nn.Conv2d(**FUSIBLE), nn.BatchNorm2d(4), nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.how = how

    def forward(self, x):
        y = self.conv(x)
        z = self.pool(self.relu(self.norm(y)))
        return z if self.how is None else self.how(self, y, z)


def test_neighbours_in_sequentials_are_fused():
    model = randomized(vgg())
    before = {name: each.numpy().copy() for name, each in model.state_dict().items()}
    fused = nn.fuse(model)
    assert kinds(fused) == FUSED_VGG
    assert not any(each.training for each in fused.modules())
    after = model.state_dict()  # of the model itself, nothing has changed
    assert all(np.array_equal(before[name], after[name].numpy()) for name in before)
    assert kinds(model)["1"] == "BatchNorm2d"


def test_an_example_finds_what_neighbours_find():
    model, x = randomized(vgg()), nn.tensor(images(2, 3, 8, 10))
    by_calls, in_sequence = nn.fuse(model, x), nn.fuse(model)
    assert kinds(by_calls) == FUSED_VGG
    assert np.array_equal(by_calls(x).numpy(), in_sequence(x).numpy())
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in by_calls.modules())


def test_the_result_is_within_the_bounds_of_its_layers():
    model, x = randomized(vgg()), images(2, 3, 8, 10)
    exact = torch_vgg(model)(torch.tensor(x).double()).detach().numpy()
    fused = nn.fuse(model)
    with nn.no_grad():
        found = fused(nn.tensor(x)).numpy()
    value, error = torch.tensor(x).double(), torch.zeros(x.shape).double()
    for (
        layer
    ) in fused:  # |error| <= |W| error + gamma(n + 1) (|W| |value| + |b|), see parity.bounds
        layer = layer[0] if isinstance(layer, nn.Sequential) else layer
        value, error = through(layer, value, error)
    share = np.abs(found - exact) / error.numpy()
    assert 0 < share.max() <= 1


def through(layer, value, error):
    """Return the exact values behind a layer, and how far computed ones may be from them."""
    if isinstance(layer, nn.Flatten):
        return value.flatten(1), error.flatten(1)
    if not hasattr(layer, "weight"):
        return value, error
    w, b = (torch.tensor(each.numpy()).double() for each in (layer.weight, layer.bias))
    linear = isinstance(layer, nn.Linear)
    options = {} if linear else dict(padding=layer.padding, groups=layer.groups)
    run = torch.nn.functional.linear if linear else torch.nn.functional.conv2d
    # One rounding more for the folded weight: it is exact in float64, but for that.
    relative = gamma(w[0].numel() + 2, "float32")
    reached = value.abs() + error
    error = run(error, w.abs(), **options) + relative * run(reached, w.abs(), b.abs(), **options)
    value = run(value, w, b, **options)
    if isinstance(layer, nn.ConvReLU2d | nn.ConvReLUMaxPool2d):
        value = value.relu()
    if isinstance(layer, nn.ConvReLUMaxPool2d):
        pool = torch.nn.functional.max_pool2d
        value, error = pool(value, 2), pool(error, 2)
    return value, error


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("norm", [{}, {"affine": False}, {"bias": False}, {"eps": 0.5}])
def test_weights_are_torchs_rounded_once(bias, norm):
    model = randomized(nn.Sequential(nn.Conv2d(3, 4, 2, bias=bias), nn.BatchNorm2d(4, **norm)))
    norm = {key: value for key, value in norm.items() if key != "bias"}
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 2, bias=bias), torch.nn.BatchNorm2d(4, **norm)
    )
    state = {k: torch.tensor(v.numpy()) for k, v in model.state_dict().items()}
    theirs.load_state_dict({"1.bias": torch.zeros(4)} | state if "1.weight" in state else state)
    theirs = torch.nn.utils.fusion.fuse_conv_bn_eval(*theirs.double().eval())
    ours = nn.fuse(model)[0]
    for name in ("weight", "bias"):
        found, exact = getattr(ours, name), getattr(theirs, name).detach().numpy()
        assert found.dtype == np.float32 and found.requires_grad
        assert np.abs(found.numpy() - exact).max() <= 2**-24 * np.abs(exact).max()


def test_a_forward_of_one_s_own_needs_an_example():
    model, x = randomized(Network()), nn.tensor(images(2, 3, 7, 6))
    with pytest.raises(ValueError, match=r"fuse: example is \(\); expected inputs of Network"):
        nn.fuse(model)
    fused = nn.fuse(model, x)
    assert kinds(fused) == {"conv": "ConvReLUMaxPool2d"}
    assert list(fused.state_dict()) == ["conv.weight", "conv.bias"]
    assert np.allclose(fused(x).numpy(), model(x).numpy(), rtol=1e-4, atol=1e-4)


def with_operator(model, y, z):
    return z, y + y


def with_attribute(model, y, z):
    object.__setattr__(model, "kept", y)
    return z


def with_shape(model, y, z):
    return z.reshape(y.shape[0], -1)


def with_relu_again(model, y, z):
    return model.relu(z)


def with_norm_of_images(model, y, z):
    return z, model.norm(y)


@pytest.mark.parametrize(
    ("how", "left"),
    [
        (lambda model, y, z: (z, y), {"conv": "Conv2d", "norm": "BatchNorm2d"}),
        (lambda model, y, z: {"all": [z, y]}, {"conv": "Conv2d", "norm": "BatchNorm2d"}),
        (with_operator, {"conv": "Conv2d", "norm": "BatchNorm2d"}),
        (with_attribute, {"conv": "Conv2d", "norm": "BatchNorm2d"}),
        (with_shape, {"conv": "Conv2d", "norm": "BatchNorm2d"}),
        (with_relu_again, {"conv": "Conv2d"}),
        (with_norm_of_images, {"conv": "Conv2d", "norm": "BatchNorm2d"}),
    ],
)
def test_an_output_that_is_read_twice_is_left(how, left):
    model, x = randomized(Network(how)), nn.tensor(images(2, 3, 6, 6))
    fused = nn.fuse(model, x)
    everything = {"relu": "ReLU", "pool": "MaxPool2d"}
    assert kinds(fused) == left | everything


def test_what_has_a_hook_is_left():
    for hooked, expected in (
        ("1", {"0": "Conv2d", "1": "BatchNorm2d", "2": "ReLU", "3": "MaxPool2d"}),
        ("2", {"0": "Conv2d", "2": "ReLU", "3": "MaxPool2d"}),
        ("3", {"0": "ConvReLU2d", "3": "MaxPool2d"}),
    ):
        layers = nn.Conv2d(**FUSIBLE), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)
        model = randomized(nn.Sequential(*layers))
        model.get_submodule(hooked).register_forward_hook(lambda module, args, output: None)
        assert kinds(nn.fuse(model)) == expected
        assert kinds(nn.fuse(model, nn.tensor(images(1, 3, 4, 4)))) == expected


def test_a_hook_of_a_sequential_sees_its_output():
    inner = nn.Sequential(nn.Conv2d(**FUSIBLE))
    inner.register_forward_hook(lambda module, args, output: None if output.array.size else None)
    model = randomized(nn.Sequential(inner, nn.ReLU()))
    for example in ((), (nn.tensor(images(1, 3, 4, 4)),)):
        assert kinds(nn.fuse(model, *example)) == {"0.0": "Conv2d", "1": "ReLU"}


def test_a_module_in_two_places_is_left():
    relu = nn.ReLU()
    model = nn.Sequential(nn.Conv2d(3, 3, 1), relu, nn.Conv2d(3, 3, 1), relu)
    assert kinds(nn.fuse(model.eval())) == {"0": "Conv2d", "1": "ReLU", "2": "Conv2d"}


class Doubled(nn.Conv2d):
    def forward(self, input):
        return super().forward(input) * 2


@pytest.mark.parametrize(
    "layers",
    [
        (Doubled(3, 4, 1), nn.ReLU()),
        (nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4, track_running_stats=False)),
        (nn.Conv2d(3, 4, 1), nn.LeakyReLU()),
        (nn.Conv2d(3, 4, 1), nn.MaxPool2d(2)),
        (nn.Linear(4, 4), nn.ReLU()),
    ],
)
def test_others_are_left(layers):
    model = nn.Sequential(*layers).eval()
    assert kinds(nn.fuse(model)) == kinds(model)


@pytest.mark.parametrize(
    "pool",
    [
        dict(kernel_size=3, stride=2),
        dict(kernel_size=2, stride=1),
        dict(kernel_size=2, padding=1),
        dict(kernel_size=2, ceil_mode=True),
        dict(kernel_size=2, return_indices=True),
    ],
)
def test_other_pools_stay_behind(pool):
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.MaxPool2d(**pool)).eval()
    assert kinds(nn.fuse(model)) == {"0": "ConvReLU2d", "2": "MaxPool2d"}


def test_other_paddings_are_kept():
    layers = nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"), nn.BatchNorm2d(4), nn.ReLU()
    model, x = (
        randomized(nn.Sequential(*layers)).double(),
        nn.tensor(images(2, 3, 5, 6, dtype=float)),
    )
    fused = nn.fuse(model)
    assert kinds(fused) == {"0": "ConvReLU2d"}
    assert np.allclose(fused(x).numpy(), model(x).numpy(), rtol=1e-13, atol=1e-13)


def test_refusals():
    with pytest.raises(TypeError, match="fuse: model is 'function'; expected an nn.Module"):
        nn.fuse(F.relu)
    model = vgg().eval()
    model[3][1].train()
    with pytest.raises(ValueError, match=r"model\.3\.1\.training is True; expected False: call"):
        nn.fuse(model)
    with pytest.raises(ValueError, match="model.training is True"):
        nn.fuse(vgg())


def launches(call):
    """Return how many kernels a call launches, beside those that only lay weights out."""
    with pytest.MonkeyPatch.context() as patch:
        names, item = [], Kernel.__getitem__

        def note(kernel, configuration):
            names.append(kernel.__name__)
            return item(kernel, configuration)

        patch.setattr(Kernel, "__getitem__", note)
        call()
    return names


def test_a_fused_convolution_is_one_launch():
    model, x = randomized(Network()), nn.tensor(images(2, 3, 6, 6))
    fused = nn.fuse(model, x)
    with nn.no_grad():
        assert len(launches(lambda: model(x))) == 5  # batch norm has two
        assert launches(lambda: fused(x)) == ["pooled_kernel"]


@pytest.mark.parametrize("name", ["conv2d_relu", "conv2d_relu_max_pool2d"])
def test_gradients_are_torchs(name):
    shapes = dict(input=(2, 3, 6, 7), weight=(4, 3, 3, 3), bias=(4,))
    arrays = {each: images(*shape, dtype=float, seed=2) for each, shape in shapes.items()}
    ours = {each: nn.tensor(array, requires_grad=True) for each, array in arrays.items()}
    theirs = {each: torch.tensor(array, requires_grad=True) for each, array in arrays.items()}
    y = getattr(F, name)(**ours, padding=1)
    expected = torch.nn.functional.conv2d(**theirs, padding=1).relu()
    if name.endswith("pool2d"):
        expected = torch.nn.functional.max_pool2d(expected, 2)
    dy = images(*y.shape, dtype=float, seed=3)
    y.backward(dy)
    expected.backward(torch.tensor(dy))
    assert np.allclose(y.numpy(), expected.detach().numpy(), rtol=1e-13, atol=1e-13)
    for each in shapes:
        assert np.allclose(
            ours[each].grad.numpy(), theirs[each].grad.numpy(), rtol=1e-12, atol=1e-12
        )


def test_only_what_requires_a_gradient_is_on_the_tape():
    x, w = nn.tensor(images(1, 1, 3, 3)), nn.tensor(images(1, 1, 1, 1), requires_grad=True)
    assert F.conv2d_relu(x, nn.tensor(images(1, 1, 1, 1))).grad_fn is None
    y = F.conv2d_relu(x, w)
    assert [repr(y.grad_fn), len(y.grad_fn.edges)] == ["<relu>", 1]
    ((source, *_),) = y.grad_fn.edges
    assert [repr(source), len(source.edges)] == ["<conv2d>", 1]


def test_a_fused_model_is_copied_and_stored_like_another():
    model = nn.fuse(randomized(vgg()))
    again = copy.deepcopy(model)
    assert again.load_state_dict(model.state_dict()) == ([], [])
    assert repr(again[0]) == "ConvReLU2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
