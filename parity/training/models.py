"""The models that are trained. Each is written once: `nn` is torch.nn or ours.

Models and batches are small, because every activation near 0 is a risk: where a float32 run and a
float64 run are on different sides of a ReLU's kink, their gradients differ by more than rounding.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.parity.photographs import digit_classes, digits

STEPS = 50  # of a small model

Batch = tuple[np.ndarray, np.ndarray]  # images (n, c, h, w), float64; classes (n,), int64


@dataclass(frozen=True)
class Model:
    """One model and its data.

    build          nn -> the module
    batches        yields batches forever; pixels are float32 numbers
    zero_gradient  parameters whose exact gradient is zero, and why: they are not compared, because
                   the optimizer turns their rounding errors into large updates
    changes        optimizer -> its options that differ from OPTIMIZERS
    steps          how many are compared
    """

    build: Callable[[ModuleType], Any]
    batches: Callable[[], Iterator[Batch]]
    zero_gradient: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    steps: int = STEPS

    def options(self, optimizer: str) -> dict[str, float]:
        """Return the arguments of an optimizer for this model."""
        return {**OPTIMIZERS[optimizer], **self.changes.get(optimizer, {})}


def _simple_cnn(nn: ModuleType) -> Any:
    class SimpleCNN(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
            self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
            self.flatten = nn.Flatten()
            self.fc = nn.Linear(16 * 16 * 16, 10)

        def forward(self, x: Any) -> Any:
            x = self.pool(nn.functional.relu(self.conv1(x)))
            return self.fc(self.flatten(x))

    return SimpleCNN()


def _lenet5(nn: ModuleType) -> Any:
    """LeCun, "Gradient-based learning applied to document recognition", 1998, with ReLU."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def basic_block(nn: ModuleType) -> Any:
    """Return the class of the residual block (channels, filters, stride) of He, "Deep residual
    learning for image recognition", 2015.
    """

    class Block(nn.Module):
        def __init__(self, channels: int, filters: int, stride: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(channels, filters, 3, stride=stride, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(filters)
            self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(filters)
            self.shortcut = nn.Sequential()  # the identity
            if stride > 1:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(channels, filters, 1, stride=stride, bias=False),
                    nn.BatchNorm2d(filters),
                )

        def forward(self, x: Any) -> Any:
            y = nn.functional.relu(self.bn1(self.conv1(x)))
            return nn.functional.relu(self.bn2(self.conv2(y)) + self.shortcut(x))

    return Block


def _resnet(nn: ModuleType) -> Any:
    """A ResNet of two blocks."""
    block = basic_block(nn)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),  # a bias before batch norm is useless, but common
        nn.BatchNorm2d(8),
        nn.ReLU(),
        block(8, 8, 1),
        block(8, 16, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 10),
    )


def noise(count: int, size: int) -> Callable[[], Iterator[Batch]]:
    """Return batches of `count` random RGB images and classes: the same five over and over."""

    def batches() -> Iterator[Batch]:
        generator = np.random.default_rng(0)
        drawn = [
            (
                generator.standard_normal((count, 3, size, size), dtype=np.float32).astype(float),
                generator.integers(0, 10, count),
            )
            for _ in range(5)
        ]
        while True:
            yield from drawn

    return batches


def _digits() -> Iterator[Batch]:
    """Yield 4 handwritten digits at a time, enlarged from 8 x 8 to 24 x 24, with a margin of 2."""
    images, classes = digits(200), digit_classes(200)
    large = np.pad(images.repeat(3, axis=2).repeat(3, axis=3), ((0, 0), (0, 0), (2, 2), (2, 2)))
    while True:
        for start in range(0, len(images), 4):
            yield large[start : start + 4], classes[start : start + 4]


MODELS: Mapping[str, Model] = {
    "SimpleCNN": Model(_simple_cnn, noise(4, 32)),
    "LeNet5": Model(_lenet5, _digits, changes={"SGD": {"lr": 0.05}}),
    "ResNet": Model(
        _resnet,
        noise(8, 8),
        {"0.bias": "batch norm subtracts it with the mean, so its exact gradient is zero"},
    ),
}
OPTIMIZERS: Mapping[str, Mapping[str, float]] = {
    "SGD": {"lr": 0.01, "momentum": 0.9},
    "Adam": {"lr": 1e-3},
    "AdamW": {"lr": 1e-3},
    # With a small eps their first steps make +-1 of a gradient, however little of it is not noise.
    "RMSprop": {"lr": 1e-3, "momentum": 0.9, "centered": True, "eps": 1e-2},
    "Adadelta": {"lr": 1.0, "eps": 1e-2},
    "Adagrad": {"lr": 1e-3, "eps": 1e-2},
    "NAdam": {"lr": 1e-3},
}
