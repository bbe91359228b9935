"""ResNet-18 and ResNet-50: He et al., "Deep Residual Learning for Image Recognition", 2015.

A bottleneck strides in its 3x3 convolution, as everybody has it since. Parameters have the names of
torchvision's, so its weights load.
"""

from collections.abc import Sequence

from crosscheck import nn
from crosscheck.nn import Tensor


class BasicBlock(nn.Module):
    """Two 3x3 convolutions, and the shortcut around them."""

    expansion = 1

    def __init__(self, inputs: int, channels: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = _shortcut(inputs, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + identity)


class Bottleneck(nn.Module):
    """A 3x3 convolution between two 1x1 ones, and the shortcut around them."""

    expansion = 4

    def __init__(self, inputs: int, channels: int, stride: int):
        super().__init__()
        outputs = self.expansion * channels
        self.conv1 = nn.Conv2d(inputs, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        return self.relu(self.bn3(self.conv3(x)) + identity)


def _shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """Return a projection where the shape changes, None where the input itself is the shortcut."""
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    """Takes images (n, 3, h, w); returns logits (n, classes).

    blocks  how many of each of the four stages, each of twice the width of the one before
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        blocks: Sequence[int],
        classes: int = 1000,
        width: int = 64,
    ):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        stages, inputs = [], width
        for stage, depth in enumerate(blocks):
            channels = width * 2**stage
            outputs = channels * block.expansion
            first = block(inputs, channels, stride=1 if stage == 0 else 2)
            others = (block(outputs, channels, stride=1) for _ in range(depth - 1))
            stages.append(nn.Sequential(first, *others))
            inputs = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def resnet18(classes: int = 1000, width: int = 64) -> ResNet:
    """Return ResNet-18: 11.7 M parameters at 1000 classes and a width of 64."""
    return ResNet(BasicBlock, (2, 2, 2, 2), classes, width)


def resnet50(classes: int = 1000, width: int = 64) -> ResNet:
    """Return ResNet-50: 25.6 M parameters at 1000 classes and a width of 64."""
    return ResNet(Bottleneck, (3, 4, 6, 3), classes, width)
