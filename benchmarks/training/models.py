"""The models whose steps are timed: two of parity's as they are, and ResNet-18.

On a CPU ResNet-18 has all its layers, but few and small images.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from crosscheck.parity.training import models
from crosscheck.parity.training.models import Model, basic_block, noise


def _resnet18(nn: ModuleType) -> Any:
    """He, "Deep residual learning for image recognition", 2015, table 1."""
    block = basic_block(nn)
    blocks, channels = [], 64
    for filters in (64, 128, 256, 512):
        blocks += [block(channels, filters, filters // channels), block(filters, filters, 1)]
        channels = filters
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
        *blocks,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(512, 1000),
    )


SMALL: Mapping[str, Model] = {  # what is checked on both devices, and timed on a CPU
    "SimpleCNN": models.MODELS["SimpleCNN"],
    "LeNet5": models.MODELS["LeNet5"],
    "ResNet18": Model(_resnet18, noise(2, 64), steps=2),
}
MODELS: Mapping[str, Mapping[str, Model]] = {
    "cpu": SMALL,
    "cuda": {**SMALL, "ResNet18": Model(_resnet18, noise(32, 224))},
}

# A float32 run of so many layers soon meets a ReLU's kink, where its gradient differs from an exact
# run's by far more than rounding. In float64 none does, and what is wrong in the program shows.
CHECKED_IN: Mapping[str, str] = {"ResNet18": "float64"}
