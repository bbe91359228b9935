"""ResNet-18 and MobileNetV2 in plain torch, with every kind of layer they have and few channels."""

import pytest
import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + identity)


class ResNet18(nn.Module):
    def __init__(self, width: int = 4, classes: int = 5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        stages, inputs = [], width
        for stage in range(4):
            outputs = width * 2**stage
            first = BasicBlock(inputs, outputs, stride=1 if stage == 0 else 2)
            stages.append(nn.Sequential(first, BasicBlock(outputs, outputs, stride=1)))
            inputs = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def _unit(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True))


class InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, expand: int) -> None:
        super().__init__()
        hidden = inputs * expand
        self.use_shortcut = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            *([_unit(inputs, hidden, 1)] if expand != 1 else []),
            _unit(hidden, hidden, 3, stride, groups=hidden),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_shortcut else self.conv(x)


class MobileNetV2(nn.Module):
    """Seven stages of (expand, channels, repeats, stride): the paper's, but for the channels."""

    settings = [
        (1, 2, 1, 1),
        (6, 3, 2, 2),
        (6, 4, 3, 2),
        (6, 6, 4, 2),
        (6, 8, 3, 1),
        (6, 10, 3, 2),
        (6, 12, 1, 1),
    ]

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        layers, inputs = [_unit(3, 4, 3, stride=2)], 4
        for expand, outputs, repeats, stride in self.settings:
            for repeat in range(repeats):
                first = stride if repeat == 0 else 1
                layers.append(InvertedResidual(inputs, outputs, first, expand))
                inputs = outputs
        layers.append(_unit(inputs, 20, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(20, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
        return self.classifier(torch.flatten(x, 1))


@pytest.fixture
def resnet18() -> nn.Module:
    return ResNet18().double()


@pytest.fixture
def mobilenet_v2() -> nn.Module:
    return MobileNetV2().double()
