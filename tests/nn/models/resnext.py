"""ResNeXt: Xie et al., "Aggregated Residual Transformations for Deep Neural Networks", 2016."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    """A bottleneck whose 3x3 convolution is grouped."""

    expansion = 4

    def __init__(self, in_planes, planes, cardinality, base_width, stride=1):
        super().__init__()
        group_width = cardinality * int(base_width * planes / 64)
        self.conv1 = nn.Conv2d(in_planes, group_width, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(group_width)
        self.conv2 = nn.Conv2d(
            group_width,
            group_width,
            kernel_size=3,
            stride=stride,
            padding=1,
            groups=cardinality,
            bias=False,
        )
        self.bn2 = nn.BatchNorm2d(group_width)
        self.conv3 = nn.Conv2d(group_width, self.expansion * planes, kernel_size=1, bias=False)
        self.bn3 = nn.BatchNorm2d(self.expansion * planes)

        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != self.expansion * planes:
            self.shortcut.add_module(
                "shortcut_conv",
                nn.Conv2d(in_planes, self.expansion * planes, 1, stride=stride, bias=False),
            )
            self.shortcut.add_module("shortcut_bn", nn.BatchNorm2d(self.expansion * planes))

    def forward(self, x):
        out = self.conv1.forward(x)
        out = F.relu(self.bn1.forward(out), inplace=True)
        out = self.conv2.forward(out)
        out = F.relu(self.bn2.forward(out), inplace=True)
        out = self.conv3.forward(out)
        out = self.bn3.forward(out)
        residual = self.shortcut.forward(x)
        return F.relu(residual + out, inplace=True)


class ResNeXt(nn.Module):
    def __init__(self, num_blocks, cardinality, base_width, planes=64, num_classes=10):
        super().__init__()
        self.cardinality = cardinality
        self.base_width = base_width
        self.in_planes = planes
        self.conv1 = nn.Conv2d(3, planes, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.layer1 = self._make_layer(planes, num_blocks[0], 1)
        self.layer2 = self._make_layer(2 * planes, num_blocks[1], 2)
        self.layer3 = self._make_layer(4 * planes, num_blocks[2], 2)
        self.linear = nn.Linear(4 * planes * Block.expansion, num_classes)

    def _make_layer(self, planes, num_blocks, stride):
        layers = []
        for i in range(num_blocks):
            stride_of_block = stride if i == 0 else 1
            layers.append(
                Block(self.in_planes, planes, self.cardinality, self.base_width, stride_of_block)
            )
            self.in_planes = Block.expansion * planes
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layer1(out)
        out = self.layer2(out)
        out = self.layer3(out)
        out = F.avg_pool2d(out, 8, 1)
        out = out.view(out.size(0), -1)
        out = self.linear(out)
        return out


def full():
    return ResNeXt([3, 3, 3], cardinality=8, base_width=64)


def small():
    return ResNeXt([1, 1, 1], cardinality=2, base_width=32, planes=4)


def test():
    net = small()
    x = torch.randn(1, 3, 32, 32)
    y = net(x)
    print(y.size())
