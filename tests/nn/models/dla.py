"""Deep layer aggregation: Yu et al., "Deep Layer Aggregation", 2017; DLA-34 whose first convolution
is 3x3, for images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class BasicBlock(nn.Module):
    def __init__(self, in_planes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)

    def forward(self, x, residual=None):
        if residual is None:
            residual = x
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += residual
        return F.relu(out)


class Root(nn.Module):
    def __init__(self, in_planes, planes):
        super().__init__()
        self.conv = nn.Conv2d(in_planes, planes, kernel_size=1, bias=False)
        self.bn = nn.BatchNorm2d(planes)

    def forward(self, *xs):
        return F.relu(self.bn(self.conv(torch.cat(xs, 1))))


class Tree(nn.Module):
    """Two subtrees and the root that joins them, or, at level 1, two blocks and their root."""

    def __init__(self, level, in_planes, planes, stride=1, level_root=False, root_planes=0):
        super().__init__()
        if root_planes == 0:
            root_planes = 2 * planes
        if level_root:
            root_planes += in_planes
        self.level = level
        self.level_root = level_root
        self.downsample = nn.MaxPool2d(stride, stride=stride) if stride > 1 else None
        self.project = None
        if level == 1:
            self.left = BasicBlock(in_planes, planes, stride)
            self.right = BasicBlock(planes, planes)
            self.root = Root(root_planes, planes)
            if in_planes != planes:
                self.project = nn.Sequential(
                    nn.Conv2d(in_planes, planes, kernel_size=1, bias=False),
                    nn.BatchNorm2d(planes),
                )
        else:
            self.left = Tree(level - 1, in_planes, planes, stride)
            self.right = Tree(level - 1, planes, planes, root_planes=root_planes + planes)

    def forward(self, x, children=None):
        children = [] if children is None else children
        bottom = self.downsample(x) if self.downsample else x
        if self.level_root:
            children.append(bottom)
        if self.level == 1:
            residual = self.project(bottom) if self.project else bottom
            left = self.left(x, residual)
            right = self.right(left)
            return self.root(right, left, *children)
        left = self.left(x)
        children.append(left)
        return self.right(left, children)


class DLA(nn.Module):
    def __init__(self, levels, channels, num_classes=10):
        super().__init__()
        self.base = nn.Sequential(
            self._conv(3, channels[0]),
            self._conv(channels[0], channels[0]),
            self._conv(channels[0], channels[1]),
        )
        self.layer2 = Tree(levels[2], channels[1], channels[2], stride=1)
        self.layer3 = Tree(levels[3], channels[2], channels[3], stride=2, level_root=True)
        self.layer4 = Tree(levels[4], channels[3], channels[4], stride=2, level_root=True)
        self.layer5 = Tree(levels[5], channels[4], channels[5], stride=2, level_root=True)
        self.linear = nn.Linear(channels[5], num_classes)

    def _conv(self, in_planes, planes):
        return nn.Sequential(
            nn.Conv2d(in_planes, planes, kernel_size=3, stride=1, padding=1, bias=False),
            nn.BatchNorm2d(planes),
            nn.ReLU(True),
        )

    def forward(self, x):
        out = self.base(x)
        out = self.layer2(out)
        out = self.layer3(out)
        out = self.layer4(out)
        out = self.layer5(out)
        out = F.avg_pool2d(out, 4)
        out = out.view(out.size(0), -1)
        out = self.linear(out)
        return out


def full():
    return DLA([1, 1, 1, 2, 2, 1], [16, 32, 64, 128, 256, 512], num_classes=1000)


def small():
    return DLA([1, 1, 1, 2, 1, 1], [4, 4, 4, 8, 8, 12])


def test():
    net = small()
    print(net)
    x = torch.randn(1, 3, 32, 32)
    y = net(x)
    print(y.size())
