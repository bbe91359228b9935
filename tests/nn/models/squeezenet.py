"""SqueezeNet: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016;
the widths of version 1.1, whose first convolution is 3x3."""

import torch
import torch.nn as nn


class Fire(nn.Module):
    def __init__(self, inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes):
        super().__init__()
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.squeeze_activation(self.squeeze(x))
        left = self.expand1x1_activation(self.expand1x1(x))
        right = self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([left, right], dim=1)


class SqueezeNet(nn.Module):
    def __init__(self, divide=1, dropout=0.5, num_classes=10):
        super().__init__()
        d = divide
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64 // d, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
        )
        self.fire2 = Fire(64 // d, 16 // d, 64 // d, 64 // d)
        self.fire3 = Fire(128 // d, 16 // d, 64 // d, 64 // d)
        self.fire4 = Fire(128 // d, 32 // d, 128 // d, 128 // d)
        self.fire5 = Fire(256 // d, 32 // d, 128 // d, 128 // d)
        self.fire6 = Fire(256 // d, 48 // d, 192 // d, 192 // d)
        self.fire7 = Fire(384 // d, 48 // d, 192 // d, 192 // d)
        self.fire8 = Fire(384 // d, 64 // d, 256 // d, 256 // d)
        self.fire9 = Fire(512 // d, 64 // d, 256 // d, 256 // d)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(p=dropout)
        self.conv10 = nn.Conv2d(512 // d, num_classes, kernel_size=1)
        self.avg = nn.AdaptiveAvgPool2d((1, 1))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                if m is self.conv10:
                    nn.init.normal_(m.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.constant_(m.bias, 0)

    def forward(self, x):
        x = self.stem(x)
        x = self.maxpool(self.fire3(self.fire2(x)))
        x = self.maxpool(self.fire5(self.fire4(x)))
        x = self.fire9(self.fire8(self.fire7(self.fire6(x))))
        x = self.conv10(self.dropout(x))
        x = torch.relu(x)
        x = self.avg(x)
        return x.squeeze(3).squeeze(2)


def full():
    return SqueezeNet(num_classes=1000)


def small(dropout=0.0):
    return SqueezeNet(divide=8, dropout=dropout)


def test():
    net = small(dropout=0.5)
    y = net(torch.randn(1, 3, 32, 32))
    print(y.size())
