"""DenseNet-BC: Huang et al., "Densely Connected Convolutional Networks", 2016."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Bottleneck(nn.Module):
    def __init__(self, in_planes, growth_rate):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_planes)
        self.conv1 = nn.Conv2d(in_planes, 4 * growth_rate, kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4 * growth_rate)
        self.conv2 = nn.Conv2d(4 * growth_rate, growth_rate, 3, padding=1, bias=False)

    def forward(self, x):
        out = self.conv1(F.relu(self.bn1(x)))
        out = self.conv2(F.relu(self.bn2(out)))
        out = torch.cat((x, out), 1)
        return out


class Transition(nn.Module):
    def __init__(self, in_planes, out_planes):
        super().__init__()
        self.bn = nn.BatchNorm2d(in_planes)
        self.conv = nn.Conv2d(in_planes, out_planes, kernel_size=1, bias=False)

    def forward(self, x):
        out = self.conv(F.relu(self.bn(x)))
        out = F.avg_pool2d(out, 2)
        return out


class DenseNet(nn.Module):
    def __init__(self, depth, growth_rate=12, reduction=0.5, num_classes=10):
        super().__init__()
        blocks = (depth - 4) // 6
        planes = 2 * growth_rate
        self.conv1 = nn.Conv2d(3, planes, kernel_size=3, padding=1, bias=False)

        self.dense1 = self._make_dense_layers(planes, growth_rate, blocks)
        planes += blocks * growth_rate
        self.trans1 = Transition(planes, int(math.floor(planes * reduction)))
        planes = int(math.floor(planes * reduction))

        self.dense2 = self._make_dense_layers(planes, growth_rate, blocks)
        planes += blocks * growth_rate
        self.trans2 = Transition(planes, int(math.floor(planes * reduction)))
        planes = int(math.floor(planes * reduction))

        self.dense3 = self._make_dense_layers(planes, growth_rate, blocks)
        planes += blocks * growth_rate
        self.bn = nn.BatchNorm2d(planes)
        self.linear = nn.Linear(planes, num_classes)

        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                n = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
                m.weight.data.normal_(0, math.sqrt(2.0 / n))
            elif isinstance(m, nn.BatchNorm2d):
                m.weight.data.fill_(1)
                m.bias.data.zero_()
            elif isinstance(m, nn.Linear):
                m.bias.data.zero_()

    def _make_dense_layers(self, in_planes, growth_rate, blocks):
        layers = []
        for _ in range(blocks):
            layers.append(Bottleneck(in_planes, growth_rate))
            in_planes += growth_rate
        return nn.Sequential(*layers)

    def forward(self, x):
        out = self.conv1(x)
        out = self.trans1(self.dense1(out))
        out = self.trans2(self.dense2(out))
        out = self.dense3(out)
        out = torch.squeeze(F.avg_pool2d(F.relu(self.bn(out)), 8))
        return self.linear(out)


def full():
    return DenseNet(100)


def small():
    return DenseNet(depth=16, growth_rate=4)


def test():
    net = small()
    x = torch.randn(2, 3, 32, 32)
    y = net(x)
    print(y)
