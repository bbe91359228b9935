"""Dual path network: Chen et al., "Dual Path Networks", 2017; its first convolution is 3x3, for
images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class BNReLUConv(nn.Module):
    def __init__(self, in_planes, out_planes, kernel_size, stride=1, groups=1):
        super().__init__()
        self.bn = nn.BatchNorm2d(in_planes)
        self.conv = nn.Conv2d(
            in_planes, out_planes, kernel_size, stride, kernel_size // 2, groups=groups, bias=False
        )

    def forward(self, x):
        return self.conv(F.relu(self.bn(x)))


class DualPathBlock(nn.Module):
    """The first `res_planes` channels are a ResNet: sums. The others, a DenseNet, grow."""

    def __init__(self, in_planes, mid_planes, res_planes, dense_depth, stride, first, groups):
        super().__init__()
        self.res_planes = res_planes
        self.first = first
        out_planes = res_planes + dense_depth
        if first:
            self.shortcut = BNReLUConv(in_planes, res_planes + 2 * dense_depth, 1, stride)
        self.conv1 = BNReLUConv(in_planes, mid_planes, 1)
        self.conv2 = BNReLUConv(mid_planes, mid_planes, 3, stride, groups)
        self.conv3 = BNReLUConv(mid_planes, out_planes, 1)

    def forward(self, x):
        d = self.res_planes
        out = self.conv3(self.conv2(self.conv1(x)))
        if self.first:
            x = self.shortcut(x)
        return torch.cat([x[:, :d, :, :] + out[:, :d, :, :], x[:, d:], out[:, d:]], 1)


class DPN(nn.Module):
    def __init__(self, cfg, num_classes=10):
        super().__init__()
        planes = cfg["first"]
        self.conv1 = nn.Conv2d(3, planes, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        layers = []
        for stage in range(len(cfg["num_blocks"])):
            mid_planes = cfg["mid_planes"] * 2**stage
            res_planes = cfg["res_planes"] * 2**stage
            dense_depth = cfg["dense_depth"][stage]
            for i in range(cfg["num_blocks"][stage]):
                stride = 2 if i == 0 and stage > 0 else 1
                layers.append(
                    DualPathBlock(
                        planes, mid_planes, res_planes, dense_depth, stride, i == 0, cfg["groups"]
                    )
                )
                planes = res_planes + (i + 3) * dense_depth
        self.layers = nn.Sequential(*layers)
        self.bn2 = nn.BatchNorm2d(planes)
        self.linear = nn.Linear(planes, num_classes)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layers(out)
        out = F.relu(self.bn2(out))
        out = F.avg_pool2d(out, out.shape[-1])
        out = out.view(out.size(0), -1)
        out = self.linear(out)
        return out


def full():
    cfg = {
        "first": 64,
        "mid_planes": 96,
        "res_planes": 256,
        "num_blocks": (3, 4, 20, 3),
        "dense_depth": (16, 32, 24, 128),
        "groups": 32,
    }
    return DPN(cfg, num_classes=1000)


def small():
    cfg = {
        "first": 4,
        "mid_planes": 4,
        "res_planes": 8,
        "num_blocks": (1, 2, 1),
        "dense_depth": (2, 3, 4),
        "groups": 2,
    }
    return DPN(cfg)


def test():
    net = small()
    x = torch.randn(1, 3, 32, 32)
    y = net(x)
    print(y)
