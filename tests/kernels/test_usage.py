"""What ran can be asked: operator, direction, algorithm, dtype and precision."""

import numpy as np

from crosscheck import kernels, nn
from crosscheck.kernels import activation, convolution


def test_calls_are_told_in_their_order():
    x, w = np.ones((1, 1, 3, 3), np.float32), np.ones((1, 1, 2, 2), np.float32)
    with kernels.used() as calls:
        convolution.forward(x, w, algorithm="direct")
        activation.relu.forward(x.astype(np.float64))
    activation.relu.forward(x)  # behind the block
    assert [str(each) for each in calls] == [
        "conv2d forward: direct, float32, ieee",
        "relu forward: direct, float64, ieee",
    ]


def test_the_gradients_of_a_model_are_told():
    model = nn.Linear(3, 2)
    with kernels.used() as calls:
        model(nn.randn(4, 3)).sum().backward()
    directions = {each.direction for each in calls if each.operator == "linear"}
    assert directions == {"forward", "weight_gradient", "bias_gradient"}
