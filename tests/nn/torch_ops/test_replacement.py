"""`replace` on whole models: what it changes, what it leaves, and that the numbers stay."""

import copy
from collections import Counter

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import modules


def gradients(model, x):
    x = x.clone().requires_grad_()
    torch.manual_seed(1)  # dropout
    y = model(x)
    wanted = [x, *model.parameters()]
    dy = torch.randn(y.shape, dtype=y.dtype, generator=torch.Generator().manual_seed(2))
    return y, *torch.autograd.grad(y, wanted, dy)


def assert_same(model, x):
    """Replace a copy; outputs, gradients and buffers stay within 1e-10 of each tensor's largest.

    Rounding in float64 is 1e-16 and grows a thousandfold over twenty layers of batch norm. The
    absolute 1e-12 is for gradients that are zero but for rounding: shifts that a norm takes away.
    """
    other = copy.deepcopy(model)
    replacement = torch_ops.replace(other)
    before, after = (each for m in (model, other) for each in [[*gradients(m, x), *m.buffers()]])
    for theirs, ours in zip(before, after, strict=True):
        torch.testing.assert_close(
            ours, theirs, rtol=0, atol=1e-10 * theirs.abs().max().item() + 1e-12
        )
    return replacement


class Against(nn.Module):
    """A loss with its target."""

    def __init__(self, loss, target):
        super().__init__()
        self.loss, self.target = loss, target

    def forward(self, x):
        return self.loss(x, self.target)


@pytest.mark.parametrize("training", [True, False])
def test_resnet18(resnet18, training):
    replacement = assert_same(
        resnet18.train(training), torch.randn(2, 3, 64, 64, dtype=torch.float64)
    )
    kinds = [layer.kind for layer in replacement.replaced]
    counts = {kind: kinds.count(kind) for kind in kinds}
    assert counts == {
        "Conv2d": 20,
        "ReLU": 9,
        "MaxPool2d": 1,
        "AdaptiveAvgPool2d": 1,
        "Linear": 1,
        "BatchNorm2d": 20,
    }
    assert replacement.left == ()


@pytest.mark.parametrize("training", [True, False])
def test_mobilenet_v2(mobilenet_v2, training):
    mobilenet_v2.train(training)
    torch_ops.replace(mobilenet_v2.classifier[0])  # a dropout of ours on both sides
    replacement = assert_same(mobilenet_v2, torch.randn(2, 3, 64, 64, dtype=torch.float64))
    kinds = Counter(layer.kind for layer in replacement.replaced)
    assert kinds == {"Conv2d": 52, "BatchNorm2d": 52, "ReLU6": 35, "Dropout": 1, "Linear": 1}
    assert not replacement.left


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [0, (1, 2), "same", "valid"])
def test_every_padding_of_conv2d(mode, padding):
    conv = nn.Conv2d(4, 6, (3, 2), padding=padding, padding_mode=mode, groups=2).double()
    assert_same(conv, torch.randn(2, 4, 6, 7, dtype=torch.float64))


def test_the_other_layers_options():
    x = torch.randn(2, 4, 9, 8, dtype=torch.float64)
    assert_same(nn.MaxPool2d((3, 2), stride=2, padding=1, dilation=(2, 1), ceil_mode=True), x)
    assert_same(nn.AvgPool2d(3, 2, 1, True, False), x)
    assert_same(nn.AvgPool2d(2, divisor_override=3), x)
    assert_same(nn.AdaptiveAvgPool2d((4, None)), x)
    assert_same(nn.Linear(8, 3, bias=False).double(), x)
    assert_same(nn.LPPool2d(3, (3, 2), stride=(2, 1), ceil_mode=True), x.abs())
    assert_same(nn.LPPool2d(float("inf"), 2), x)
    assert_same(nn.LocalResponseNorm(3, alpha=0.5, beta=0.6, k=2.0), x)
    assert_same(nn.ConstantPad2d((1, -2, 0, 3), 0.5), x)
    assert_same(nn.ZeroPad2d(2), x[0])
    assert_same(nn.Softmax(dim=1), x)
    assert_same(nn.LogSoftmax(dim=-2), x)
    for loss in (nn.MSELoss(), nn.MSELoss(reduction="none")):
        assert_same(Against(loss, 2 * x), x)
    pool = nn.MaxPool2d(2, return_indices=True)
    expected = pool(x)
    torch_ops.replace(pool)
    assert all(torch.equal(*pair) for pair in zip(pool(x), expected, strict=True))


def test_a_relu_in_place_stays_in_place():
    model = nn.Sequential(nn.ReLU(inplace=True))
    torch_ops.replace(model)
    x = torch.tensor([-1.0, 2.0])
    assert model(x) is x and x.tolist() == [0, 2]


def test_a_softmax_without_a_dim_warns_and_takes_torchs():
    softmax, x = nn.Softmax(), torch.randn(2, 3, 4)
    expected = torch.softmax(x, 0)
    assert torch_ops.replace(softmax).replaced
    for function in (softmax, torch_ops.softmax):
        with pytest.warns(UserWarning, match="softmax: dim is None") as warned:
            torch.testing.assert_close(function(x), expected)
    assert warned[0].filename == __file__


def test_a_dropout_follows_train_and_eval():
    dropout, x = nn.Dropout(0.25), torch.ones(50, 20)
    assert torch_ops.replace(dropout).replaced and type(dropout) is modules.Dropout
    assert set(dropout(x).unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert dropout.eval()(x) is x


def test_a_dropout_of_channels_drops_them_whole():
    dropout, x = nn.Dropout2d(0.25), torch.rand(20, 30, 2, 3) + 1
    assert torch_ops.replace(dropout).replaced and type(dropout) is modules.Dropout2d
    factors = dropout(x) / x
    first = factors[:, :, :1, :1]
    torch.testing.assert_close(factors, first.expand_as(x))
    assert 0.15 < (first == 0).double().mean() < 0.35 and (dropout.p, dropout.inplace) == (0.25, 0)
    torch.testing.assert_close(first.max(), torch.tensor(1 / 0.75))
    x.requires_grad_()
    torch.manual_seed(0)
    y = dropout(x)
    (dx,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(dx, (y / x).detach())
    assert dropout.eval()(x) is x


def test_a_dropout_of_channels_in_place_and_of_what_has_none():
    x = torch.ones(4, 50, 3)
    assert torch_ops.dropout2d(x, 0.5, inplace=True) is x
    assert set(x.unique().tolist()) == {0.0, 2.0} and torch.equal(x, x[..., :1].expand_as(x))
    assert torch_ops.dropout2d(x, 0.5, training=False) is x and torch_ops.dropout2d(x, 0.0) is x
    with pytest.raises(RuntimeError, match="dropout2d: input.shape is .3,.; expected at least 2"):
        torch_ops.dropout2d(x[0, :3, 0])


def test_a_layer_stays_the_object_it_was():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    conv, weight = model[0], model[0].weight
    state, text = model.state_dict(), str(model)
    calls = []
    conv.register_forward_hook(lambda *_: calls.append("hook"))
    torch_ops.replace(model)
    assert model[0] is conv and isinstance(conv, nn.Conv2d) and type(conv) is modules.Conv2d
    assert conv.weight is weight and str(model) == text
    assert list(model.state_dict()) == list(state)
    model.load_state_dict(state)
    model(torch.ones(1, 3, 4, 4))
    assert calls == ["hook"]


def test_a_model_is_replaced_once_and_may_be_one_layer():
    model = nn.ReLU()
    first, second = torch_ops.replace(model), torch_ops.replace(model)
    assert first == second and first.replaced[0].name == "(the model)"
    assert type(model) is modules.ReLU


def test_a_shared_layer_is_replaced_everywhere():
    relu = nn.ReLU()
    model = nn.Sequential(relu, nn.Flatten(0), relu)
    assert len(torch_ops.replace(model).replaced) == 1
    assert model[0] is model[2] and type(relu) is modules.ReLU


def test_what_is_left_says_why():
    class Own(nn.Conv2d):
        pass

    model = nn.Sequential()
    model.own = Own(1, 1, 1)
    model.complex = nn.Conv2d(1, 1, 1, dtype=torch.complex64)
    model.norm = nn.BatchNorm2d(1, affine=False)
    model.norm.running_mean = model.norm.running_mean.int()
    model.half = nn.Conv2d(1, 1, 1).half()
    model.celu = nn.CELU()
    model.relu = nn.ReLU()
    known = "kernels take float16, bfloat16, float32 and float64"
    assert str(torch_ops.replace(model)) == (
        "layers replaced: 2, left: 4\n"
        "  half     Conv2d       replaced\n"
        "  relu     ReLU         replaced\n"
        "  own      Own          left: a subclass of Conv2d, which may compute something else\n"
        f"  complex  Conv2d       left: weight is torch.complex64; {known}\n"
        f"  norm     BatchNorm2d  left: running_mean is torch.int32; {known}\n"
        "  celu     CELU         left: no operator for it"
    )
    assert type(model.complex) is nn.Conv2d and type(model.own) is Own


NORMS = {
    "weight_norm": "_WeightNorm",
    "spectral_norm": "_SpectralNorm",
    "orthogonal": "_Orthogonal",
}


@pytest.mark.parametrize("norm", NORMS)
def test_a_parametrized_layer_is_listed_as_left_and_computes_as_before(norm):
    model = nn.Sequential(getattr(parametrizations, norm)(nn.Conv2d(1, 2, 3)), nn.ReLU()).eval()
    x = torch.randn(2, 1, 5, 5)
    expected = model(x)
    replacement = torch_ops.replace(model)
    reason = "a parametrization computes its weight: replace it before that is registered"
    assert [(each.name, each.kind, each.reason) for each in replacement.left] == [
        ("0", "ParametrizedConv2d", reason),
        ("0.parametrizations.weight.0", NORMS[norm], "no operator for it"),
    ]
    assert torch.equal(model(x), expected)


def test_a_layer_that_is_parametrized_later_stays_replaced():
    model = nn.Sequential(nn.Conv2d(1, 2, 3))
    torch_ops.replace(model)
    parametrizations.weight_norm(model[0])
    for replacement in (torch_ops.report(model), torch_ops.replace(model)):
        assert [each.kind for each in replacement.replaced] == ["ParametrizedConv2d"]


def test_layers_with_modules_inside_are_listed():
    class Adapted(nn.Linear):
        def __init__(self):
            super().__init__(4, 4)
            self.adapter = nn.Linear(4, 4)

    model = nn.ModuleDict(
        {"lazy": nn.LazyLinear(4), "mine": Adapted(), "many": nn.MultiheadAttention(4, 2)}
    )
    replacement = torch_ops.replace(model)
    assert [each.name for each in replacement.replaced] == ["mine.adapter"]
    subclass = "a subclass of Linear, which may compute something else"
    assert {each.name: each.reason for each in replacement.left} == {
        "lazy": "it has no weights before its first call: replace it after that",
        "mine": subclass,
        "many": "no operator for it",
        "many.out_proj": subclass,
    }
    model["lazy"](torch.ones(1, 3))
    assert "lazy" in [each.name for each in torch_ops.replace(model).replaced]


def test_a_report_changes_nothing():
    model = nn.Sequential(nn.ReLU(), nn.CELU())
    report = torch_ops.report(model)
    assert not report.replaced and type(model[0]) is nn.ReLU
    reasons = [each.reason for each in report.left]
    assert reasons == ["nobody called replace for it", "no operator for it"]
    assert torch_ops.replace(model) == torch_ops.report(model) != report


def test_a_replaced_model_can_be_copied_and_saved(tmp_path):
    model = nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU())
    torch_ops.replace(model)
    torch.save(copy.deepcopy(model), tmp_path / "model.pt")
    again = torch.load(tmp_path / "model.pt", weights_only=False)
    x = torch.randn(1, 1, 3, 3)
    assert type(again[0]) is modules.Conv2d and torch.equal(again(x), model(x))
