"""Xception: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016; smaller
strides for images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class SeparableConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=1, bias=False):
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, groups=in_channels, bias=bias
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, 1, 0, 1, 1, bias=bias)

    def forward(self, x):
        x = self.depthwise(x)
        x = self.pointwise(x)
        return x


class Block(nn.Module):
    def __init__(self, in_filters, out_filters, reps, strides=1, start_with_relu=True, grow=True):
        super().__init__()
        if out_filters != in_filters or strides != 1:
            self.skip = nn.Conv2d(in_filters, out_filters, 1, stride=strides, bias=False)
            self.skipbn = nn.BatchNorm2d(out_filters)
        else:
            self.skip = None
        rep = []
        filters = in_filters
        for i in range(reps):
            out = out_filters if grow or i == reps - 1 else in_filters
            rep.append(nn.ReLU(inplace=True))
            rep.append(SeparableConv2d(filters, out))
            rep.append(nn.BatchNorm2d(out))
            filters = out
        if not start_with_relu:
            rep = rep[1:]
        else:
            rep[0] = nn.ReLU(inplace=False)
        if strides != 1:
            rep.append(nn.MaxPool2d(3, strides, 1))
        self.rep = nn.Sequential(*rep)

    def forward(self, inp):
        x = self.rep(inp)
        if self.skip is not None:
            skip = self.skip(inp)
            skip = self.skipbn(skip)
        else:
            skip = inp
        x += skip
        return x


class Xception(nn.Module):
    def __init__(self, middle=8, divide=1, num_classes=10):
        super().__init__()
        d = divide
        self.conv1 = nn.Conv2d(3, 32 // d, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32 // d)
        self.conv2 = nn.Conv2d(32 // d, 64 // d, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(64 // d)
        self.block1 = Block(64 // d, 128 // d, 2, 1, start_with_relu=False)
        self.block2 = Block(128 // d, 256 // d, 2, 2)
        self.block3 = Block(256 // d, 728 // d, 2, 2)
        for i in range(middle):
            self.add_module(f"middle{i}", Block(728 // d, 728 // d, 3, 1))
        self.middle = middle
        self.exit = Block(728 // d, 1024 // d, 2, 2, grow=False)
        self.conv3 = SeparableConv2d(1024 // d, 1536 // d)
        self.bn3 = nn.BatchNorm2d(1536 // d)
        self.conv4 = SeparableConv2d(1536 // d, 2048 // d)
        self.bn4 = nn.BatchNorm2d(2048 // d)
        self.fc = nn.Linear(2048 // d, num_classes)

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = self.block3(self.block2(self.block1(x)))
        for i in range(self.middle):
            x = getattr(self, f"middle{i}")(x)
        x = self.exit(x)
        x = F.relu(self.bn3(self.conv3(x)))
        x = self.bn4(self.conv4(x))
        return x

    def logits(self, features):
        x = F.relu(features, inplace=True)
        x = F.adaptive_avg_pool2d(x, (1, 1))
        x = x.view(x.size(0), -1)
        return self.fc(x)

    def forward(self, x):
        return self.logits(self.features(x))


def full():
    return Xception(num_classes=1000)


def small():
    return Xception(middle=1, divide=32)


def test():
    net = small()
    y = net(torch.randn(1, 3, 32, 32))
    print(y.size())
