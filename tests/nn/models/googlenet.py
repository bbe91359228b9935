"""GoogLeNet: Szegedy et al., "Going Deeper with Convolutions", 2014; with batch norm, and the first
layers for images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class BasicConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    def __init__(self, in_channels, n1x1, n3x3red, n3x3, n5x5red, n5x5, pool_planes):
        super().__init__()
        self.b1 = BasicConv2d(in_channels, n1x1, kernel_size=1)
        self.b2 = nn.Sequential(
            BasicConv2d(in_channels, n3x3red, kernel_size=1),
            BasicConv2d(n3x3red, n3x3, kernel_size=3, padding=1),
        )
        self.b3 = nn.Sequential(
            BasicConv2d(in_channels, n5x5red, kernel_size=1),
            BasicConv2d(n5x5red, n5x5, kernel_size=5, padding=2),
        )
        self.b4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            BasicConv2d(in_channels, pool_planes, kernel_size=1),
        )

    def forward(self, x):
        y1 = self.b1(x)
        y2 = self.b2(x)
        y3 = self.b3(x)
        y4 = self.b4(x)
        return torch.cat([y1, y2, y3, y4], 1)


class GoogLeNet(nn.Module):
    # The table of the paper: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
    table = {
        "a3": (64, 96, 128, 16, 32, 32),
        "b3": (128, 128, 192, 32, 96, 64),
        "a4": (192, 96, 208, 16, 48, 64),
        "b4": (160, 112, 224, 24, 64, 64),
        "c4": (128, 128, 256, 24, 64, 64),
        "d4": (112, 144, 288, 32, 64, 64),
        "e4": (256, 160, 320, 32, 128, 128),
        "a5": (256, 160, 320, 32, 128, 128),
        "b5": (384, 192, 384, 48, 128, 128),
    }

    def __init__(self, names="a3 b3 a4 b4 c4 d4 e4 a5 b5", divide=1, num_classes=10):
        super().__init__()
        planes = 192 // divide
        self.pre_layers = nn.Sequential(
            nn.Conv2d(3, planes, kernel_size=3, padding=1),
            nn.BatchNorm2d(planes),
            nn.ReLU(True),
        )
        self.names = names.split()
        for name in self.names:
            widths = [width // divide for width in self.table[name]]
            setattr(self, name, Inception(planes, *widths))
            planes = widths[0] + widths[2] + widths[4] + widths[5]
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.avgpool = nn.AvgPool2d(8, stride=1)
        self.linear = nn.Linear(planes, num_classes)

    def forward(self, x):
        out = self.pre_layers(x)
        for name in self.names:
            if name in ("a4", "a5"):
                out = self.maxpool(out)
            out = getattr(self, name)(out)
        out = self.avgpool(out)
        out = out.view(out.size(0), -1)
        out = self.linear(out)
        return out


def full():
    return GoogLeNet()


def small():
    return GoogLeNet("a3 a4 a5", divide=16)


def test():
    net = small()
    x = torch.randn(1, 3, 32, 32)
    y = net(x)
    print(y.size())
