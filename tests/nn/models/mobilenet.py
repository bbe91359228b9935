"""MobileNet: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017; smaller strides for images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    """A depthwise convolution and a pointwise one."""

    def __init__(self, in_planes, out_planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_planes, in_planes, 3, stride=stride, padding=1, groups=in_planes, bias=False
        )
        self.bn1 = nn.BatchNorm2d(in_planes)
        self.conv2 = nn.Conv2d(in_planes, out_planes, 1, stride=1, padding=0, bias=False)
        self.bn2 = nn.BatchNorm2d(out_planes)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        return out


class MobileNet(nn.Module):
    # (128, 2) means 128 planes and stride 2; 128 alone means stride 1
    cfg = [64, (128, 2), 128, (256, 2), 256, (512, 2), 512, 512, 512, 512, 512, (1024, 2), 1024]

    def __init__(self, cfg=None, divide=1, num_classes=10):
        super().__init__()
        self.divide = divide
        self.conv1 = nn.Conv2d(3, 32 // divide, 3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(32 // divide)
        self.layers = self._make_layers(cfg or self.cfg)
        self.linear = nn.Linear(1024 // divide, num_classes)

    def _make_layers(self, cfg):
        layers = []
        in_planes = 32 // self.divide
        for x in cfg:
            out_planes = (x if isinstance(x, int) else x[0]) // self.divide
            stride = 1 if isinstance(x, int) else x[1]
            layers.append(Block(in_planes, out_planes, stride))
            in_planes = out_planes
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layers(out)
        out = F.avg_pool2d(out, 2)
        out = out.view(out.size(0), -1)
        out = self.linear(out)
        return out


def full():
    return MobileNet(num_classes=1000)


def small():
    return MobileNet([64, (128, 2), (256, 2), 512, (512, 2), (1024, 2)], divide=16)


def test():
    net = small()
    x = torch.randn(1, 3, 32, 32)
    y = net(x)
    print(y.size())
