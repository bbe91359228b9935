"""Wide ResNet: Zagoruyko and Komodakis, "Wide Residual Networks", 2016; dropout in the blocks."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.init as init


def conv3x3(in_planes, out_planes, stride=1):
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)


def conv_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        init.xavier_uniform_(m.weight, gain=2**0.5)
    elif classname.find("BatchNorm") != -1:
        init.constant_(m.weight, 1)
        init.constant_(m.bias, 0)


class WideBasic(nn.Module):
    def __init__(self, in_planes, planes, drop_rate, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_planes)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = conv3x3(in_planes, planes, stride)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.drop_rate = drop_rate
        self.equal_in_out = in_planes == planes
        self.conv_shortcut = (
            None
            if self.equal_in_out
            else nn.Conv2d(in_planes, planes, kernel_size=1, stride=stride, bias=False)
        )

    def forward(self, x):
        if not self.equal_in_out:
            x = self.relu1(self.bn1(x))
        else:
            out = self.relu1(self.bn1(x))
        out = self.relu2(self.bn2(self.conv1(out if self.equal_in_out else x)))
        if self.drop_rate > 0:
            out = F.dropout(out, p=self.drop_rate, training=self.training)
        out = self.conv2(out)
        return torch.add(x if self.equal_in_out else self.conv_shortcut(x), out)


class WideResNet(nn.Module):
    def __init__(self, depth, widen_factor, drop_rate=0.0, width=16, num_classes=10):
        super().__init__()
        assert (depth - 4) % 6 == 0, "depth is 6n + 4"
        n = (depth - 4) // 6
        k = widen_factor
        planes = [width, width * k, 2 * width * k, 4 * width * k]
        self.conv1 = conv3x3(3, planes[0])
        self.block1 = self._wide_layer(n, planes[0], planes[1], drop_rate, stride=1)
        self.block2 = self._wide_layer(n, planes[1], planes[2], drop_rate, stride=2)
        self.block3 = self._wide_layer(n, planes[2], planes[3], drop_rate, stride=2)
        self.bn1 = nn.BatchNorm2d(planes[3], momentum=0.9)
        self.linear = nn.Linear(planes[3], num_classes)
        self.n_channels = planes[3]
        self.apply(conv_init)

    def _wide_layer(self, n, in_planes, out_planes, drop_rate, stride):
        layers = []
        for i in range(int(n)):
            layers.append(
                WideBasic(i == 0 and in_planes or out_planes, out_planes, drop_rate, stride)
            )
            stride = 1
        return nn.Sequential(*layers)

    def forward(self, x):
        out = self.conv1(x)
        out = self.block1(out)
        out = self.block2(out)
        out = self.block3(out)
        out = F.relu(self.bn1(out), inplace=True)
        out = F.avg_pool2d(out, 8)
        out = out.view(-1, self.n_channels)
        return self.linear(out)


def full():
    return WideResNet(28, 10, drop_rate=0.3)


def small(drop_rate=0.0):
    return WideResNet(10, 2, drop_rate, width=4)


def test():
    net = small(drop_rate=0.3)
    y = net(torch.randn(1, 3, 32, 32))
    print(y.size())
