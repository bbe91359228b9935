"""PNASNet-5: Liu et al., "Progressive Neural Architecture Search", 2017; the one for CIFAR-10."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class SepConv(nn.Module):
    """A separable convolution, twice, as in all of these searched networks."""

    def __init__(self, planes, kernel_size, stride):
        super().__init__()
        layers = []
        for step in (stride, 1):
            layers += [
                nn.ReLU(inplace=False),
                nn.Conv2d(
                    planes, planes, kernel_size, step, kernel_size // 2, groups=planes, bias=False
                ),
                nn.Conv2d(planes, planes, kernel_size=1, bias=False),
                nn.BatchNorm2d(planes),
            ]
        self.op = nn.Sequential(*layers)

    def forward(self, x):
        return self.op(x)


class ReLUConvBN(nn.Module):
    def __init__(self, in_planes, planes):
        super().__init__()
        self.conv = nn.Conv2d(in_planes, planes, kernel_size=1, bias=False)
        self.bn = nn.BatchNorm2d(planes)

    def forward(self, x):
        return self.bn(self.conv(F.relu(x)))


class FactorizedReduce(nn.Module):
    """Halve the image by two strided 1x1 convolutions, the second one pixel further."""

    def __init__(self, in_planes, planes):
        super().__init__()
        self.conv1 = nn.Conv2d(in_planes, planes // 2, kernel_size=1, stride=2, bias=False)
        self.conv2 = nn.Conv2d(in_planes, planes - planes // 2, 1, stride=2, bias=False)
        self.bn = nn.BatchNorm2d(planes)

    def forward(self, x):
        x = F.relu(x)
        shifted = F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:]
        out = torch.cat([self.conv1(x), self.conv2(shifted)], dim=1)
        return self.bn(out)


class Cell(nn.Module):
    """The best cell that the search found (figure 1 of the paper), with its five blocks."""

    def __init__(self, prev_planes, in_planes, planes, stride, prev_is_larger):
        super().__init__()
        if prev_is_larger:
            self.adjust_prev = FactorizedReduce(prev_planes, planes)
        else:
            self.adjust_prev = ReLUConvBN(prev_planes, planes)
        self.adjust = ReLUConvBN(in_planes, planes)
        self.stride = stride
        self.b1_sep5 = SepConv(planes, 5, stride)
        self.b2_sep7 = SepConv(planes, 7, stride)
        self.b3_sep5 = SepConv(planes, 5, stride)
        self.b3_sep3 = SepConv(planes, 3, stride)
        self.b4_sep3 = SepConv(planes, 3, 1)
        self.b5_sep3 = SepConv(planes, 3, stride)
        if stride == 2:
            self.b5_conv = ReLUConvBN(planes, planes)

    def _pool(self, x):
        return F.max_pool2d(x, kernel_size=3, stride=self.stride, padding=1)

    def forward(self, prev, x):
        prev = self.adjust_prev(prev)
        x = self.adjust(x)
        y1 = self.b1_sep5(prev) + self._pool(prev)
        y2 = self.b2_sep7(x) + self._pool(x)
        y3 = self.b3_sep5(x) + self.b3_sep3(x)
        y4 = self.b4_sep3(y3) + self._pool(x)
        identity = self.b5_conv(x[:, :, ::2, ::2]) if self.stride == 2 else x
        y5 = self.b5_sep3(prev) + identity
        return torch.cat([y1, y2, y3, y4, y5], 1)


class PNASNet(nn.Module):
    def __init__(self, num_cells, num_planes, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, num_planes, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(num_planes)
        cells = []
        prev_planes, in_planes, prev_is_larger = num_planes, num_planes, False
        for stage in range(3):
            planes = num_planes * 2**stage
            for stride in ([2] if stage > 0 else []) + [1] * num_cells:
                cells.append(Cell(prev_planes, in_planes, planes, stride, prev_is_larger))
                prev_planes, in_planes, prev_is_larger = in_planes, 5 * planes, stride == 2
        self.cells = nn.ModuleList(cells)
        self.linear = nn.Linear(in_planes, num_classes)

    def forward(self, x):
        prev = out = self.bn1(self.conv1(x))
        for cell in self.cells:
            prev, out = out, cell(prev, out)
        out = F.avg_pool2d(F.relu(out), 8)
        out = self.linear(out.view(out.size(0), -1))
        return out


def full():
    return PNASNet(num_cells=3, num_planes=48)


def small():
    return PNASNet(num_cells=1, num_planes=4)


def test():
    net = small()
    x = torch.randn(2, 3, 32, 32)
    y = net(x)
    print(y)
