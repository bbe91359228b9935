"""The comparison of a model with torch's fails for small bugs: it is run with each in one layer.

An option that is off by 1e-5 is less than errors of float32 may come to; float64 shows it.
"""

import pytest
import torch

from crosscheck import nn
from tests.nn.beside_torch import assert_alike


def model(library):
    layers = library.nn
    return layers.Sequential(
        layers.Conv2d(3, 4, 3),
        layers.BatchNorm2d(4),
        layers.LeakyReLU(),
        layers.Flatten(),
        layers.Linear(144, 5),
    )


def other_momentum(ours):
    ours[1].momentum *= 1 + 1e-5


def other_eps(ours):
    ours[1].eps *= 1 + 1e-5  # 1e-10 of a variance of 1


def other_slope(ours):
    ours[2].negative_slope *= 1 + 1e-5


def no_gradient_of_the_bias(ours):
    linear = ours[4]
    linear.forward = lambda x: nn.functional.linear(x, linear.weight, linear.bias.detach())


def bias_gradient_twice(ours):
    linear = ours[4]

    def forward(x):
        bias = linear.bias
        return nn.functional.linear(x, linear.weight, bias + (bias - bias.detach()))

    linear.forward = forward


def gradient_of_the_images_through_one_channel_less(ours):
    convolution = ours[0]

    def forward(x):
        x = nn.cat([x[:, :2], x[:, 2:].detach()], 1)
        return nn.functional.conv2d(x, convolution.weight, convolution.bias)

    convolution.forward = forward


def compare(change):
    torch.manual_seed(0)
    ours = model(nn)
    change(ours)
    assert_alike(ours, model(torch), 2, 3, 8, 8)


def test_the_model_without_a_bug_is_torchs():
    compare(lambda ours: None)


@pytest.mark.parametrize(
    ("bug", "shows"),
    [
        (other_momentum, "1.running_mean, float64, training"),
        (other_eps, ", float64, "),
        (other_slope, "output, float64, training"),
        (no_gradient_of_the_bias, "{'4.bias.grad'}"),
        (bias_gradient_twice, "4.bias.grad, float32"),
        (gradient_of_the_images_through_one_channel_less, "images.grad, float32"),
    ],
)
def test_a_bug_in_one_layer_is_found(bug, shows):
    with pytest.raises(AssertionError) as raised:
        compare(bug)
    assert shows in str(raised.value)
