"""nn.summary: sizes, parameters, multiply-adds and receptive fields, by hand and beside torch."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.examples.models import lenet5, resnet
from tests.nn.beside_torch import load, moved_to_torch

ALL = (math.inf, math.inf)


def test_lenet5_as_computed_by_hand():
    result = nn.summary(lenet5.lenet5(1, 28), (2, 1, 28, 28), verbose=0)
    rows = [
        (each.kind, each.output_size[1:], each.parameters, each.mult_adds, each.receptive_field)
        for each in result.layers
    ]
    assert rows == [
        ("Sequential", (10,), 0, 0, ALL),
        ("Conv2d", (6, 28, 28), 6 * 25 + 6, 2 * 6 * 28 * 28 * 25, (5, 5)),
        ("ReLU", (6, 28, 28), 0, 0, (5, 5)),
        ("MaxPool2d", (6, 14, 14), 0, 0, (6, 6)),  # one pixel further
        ("Conv2d", (16, 10, 10), 16 * 6 * 25 + 16, 2 * 16 * 10 * 10 * 6 * 25, (14, 14)),  # 4 * 2
        ("ReLU", (16, 10, 10), 0, 0, (14, 14)),
        ("MaxPool2d", (16, 5, 5), 0, 0, (16, 16)),
        ("Flatten", (400,), 0, 0, (16, 16)),
        ("Linear", (120,), 400 * 120 + 120, 2 * 400 * 120, ALL),
        ("ReLU", (120,), 0, 0, ALL),
        ("Linear", (84,), 120 * 84 + 84, 2 * 120 * 84, ALL),
        ("ReLU", (84,), 0, 0, ALL),
        ("Linear", (10,), 84 * 10 + 10, 2 * 84 * 10, ALL),
    ]
    assert result.total_params == result.trainable_params == 61_706
    assert result.total_mult_adds == 2 * 416_520


def test_resnet18_has_the_published_figures(capsys):
    result = nn.summary(resnet.resnet18(), (1, 3, 224, 224))
    assert result.total_params == 11_689_512
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        load(Path(resnet.__file__), moved_to_torch).resnet18().eval()(torch.empty(1, 3, 224, 224))
    normalized = sum(
        math.prod(each.output_size) for each in result.layers if each.kind == "BatchNorm2d"
    )
    assert result.total_mult_adds == counter.get_total_flops() // 2 + normalized == 1_816_557_056
    fields = {each.name: each.receptive_field for each in result.layers}
    assert fields["layer4"] == (435, 435) and fields["avgpool"] == ALL
    printed = capsys.readouterr().out
    assert "11,689,512 parameters" in printed and "1.82 G multiply-adds" in printed
    row = next(line.split() for line in printed.splitlines() if "maxpool" in line)
    assert row == ["maxpool", "MaxPool2d", "1x64x56x56", "11x11"]


LAYERS = {
    "convolution": nn.Conv2d(1, 1, (3, 5), stride=(2, 1)),
    "dilated": nn.Conv2d(1, 1, 3, dilation=(2, 3), padding=1),
    "pooled": nn.AvgPool2d(3, stride=2),
    "adaptive": nn.AdaptiveAvgPool2d((8, 12)),
    "normalized": nn.BatchNorm2d(1),
}


def reached(model):
    """Return how many pixels the gradient of one element reaches, at most, along each axis."""
    for module in model.modules():
        if hasattr(module, "weight"):
            nn.init.ones_(module.weight)
    most = [0, 0]
    for place in range(min(model(nn.tensor(np.ones((1, 1, 48, 48)))).shape[2:])):
        image = nn.tensor(np.ones((1, 1, 48, 48)), requires_grad=True)
        output = model(image)
        one = np.zeros(output.shape)
        one[0, 0, place, place] = 1
        output.backward(one)
        seen = image.grad.numpy()[0, 0].nonzero()
        most = [max(each, np.ptp(axis) + 1) for each, axis in zip(most, seen, strict=True)]
    return tuple(most)


@pytest.mark.parametrize("second", LAYERS)
@pytest.mark.parametrize("first", LAYERS)
def test_the_receptive_field_is_where_the_gradient_reaches(first, second):
    model = nn.Sequential(LAYERS[first], LAYERS[second]).eval().double()
    result = nn.summary(model, (1, 1, 48, 48), verbose=0)
    assert result.layers[-1].receptive_field == reached(model)


ENLARGING = {
    "transposed": nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1),
    "transposed, 4x4": nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1),
    "upsampled": nn.Upsample(scale_factor=2, mode="nearest"),
}


@pytest.mark.parametrize("before", ["convolution", "pooled"])
@pytest.mark.parametrize("enlarging", ENLARGING)
def test_an_enlarged_map_sees_as_its_gradient_reaches(before, enlarging):
    layers = LAYERS[before], ENLARGING[enlarging], LAYERS["dilated"]
    model = nn.Sequential(*layers).eval().double()
    result = nn.summary(model, (1, 1, 48, 48), verbose=0)
    assert result.layers[-1].receptive_field == reached(model)


def test_a_transposed_convolution_multiplies_each_element_of_its_input():
    result = nn.summary(nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), (2, 4, 5, 5), verbose=0)
    assert result.total_mult_adds == 2 * 4 * 5 * 5 * (6 // 2) * 3 * 3


class Functional(nn.Module):
    """Computes by functions and calls `forward` itself: no hook of its parts runs."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 4 * 4, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv.forward(x)), 2)
        return self.fc(x.flatten(1))


class Gated(nn.Module):
    """Multiplies each channel by a number that depends on all of it, as squeeze and excitation."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.gate = nn.Conv2d(4, 4, 1)
        self.last = nn.Conv2d(4, 4, 3, stride=2)

    def forward(self, x):
        x = self.conv(x)
        return self.last(x * self.gate(F.adaptive_avg_pool2d(x, 1)))


def test_what_depends_on_a_global_mean_depends_on_all():
    result = nn.summary(Gated(), (1, 3, 9, 9), verbose=0)
    fields = {each.name: each.receptive_field for each in result.layers}
    assert fields == {"": ALL, "conv": (3, 3), "gate": ALL, "last": ALL}


def test_functions_count_too():
    result = nn.summary(Functional(), (1, 3, 8, 8), verbose=0)
    assert [each.name for each in result.layers] == ["", "fc"]
    assert result.total_params == 4 * 27 + 4 + 64 * 5 + 5
    assert result.total_mult_adds == 4 * 8 * 8 * 27 + 64 * 5


def test_a_module_called_twice_has_its_parameters_once():
    conv = nn.Conv2d(2, 2, 3, padding=1)
    conv.bias.requires_grad = False
    result = nn.summary(nn.Sequential(conv, nn.Sequential(conv)), (1, 2, 6, 6), verbose=0)
    assert [each.parameters for each in result.layers] == [0, 38, 0, 0]
    assert (result.total_params, result.trainable_params) == (38, 36)
    assert result.total_mult_adds == 2 * (2 * 6 * 6 * 18)
    assert [each.receptive_field[0] for each in result.layers] == [5, 3, 5, 5]


@nn.no_grad()
def test_the_model_is_left_as_it_was(capsys):
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Conv2d(3, 1, 3).eval())
    before = [each.training for each in model.modules()]
    assert nn.summary(model, (1, 3, 5, 5), verbose=0).layers[-1].receptive_field == (3, 3)
    with pytest.raises(ValueError, match="conv2d"):
        nn.summary(model, (1, 3, 2, 2))
    assert [each.training for each in model.modules()] == before == [True, True, True, False]
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in model.modules())
    assert (model[0].running_mean.numpy() == 0).all()
    assert capsys.readouterr().out == ""


def test_what_the_tape_does_not_lead_to_has_no_receptive_field():
    class Cut(nn.Module):
        def forward(self, x):
            return x.detach()

    model = nn.Sequential(Cut(), nn.Conv2d(3, 1, 3)).double()
    assert [each.receptive_field for each in nn.summary(model, (1, 3, 5, 5), verbose=0).layers] == [
        (),
        (),
        (),
    ]
