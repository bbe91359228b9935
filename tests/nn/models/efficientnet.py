"""EfficientNet: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
Networks", 2019; the first stride is 1 for images of 32 x 32."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def swish(x):
    return x * x.sigmoid()


def drop_connect(x, drop_ratio):
    """Drop whole images of the batch, and scale the others up."""
    keep_ratio = 1.0 - drop_ratio
    mask = torch.rand([x.shape[0], 1, 1, 1], dtype=x.dtype, device=x.device)
    mask = torch.floor(mask + keep_ratio)
    x.div_(keep_ratio)
    x.mul_(mask)
    return x


class SE(nn.Module):
    """Squeeze-and-excitation with swish."""

    def __init__(self, in_channels, se_channels):
        super().__init__()
        self.se1 = nn.Conv2d(in_channels, se_channels, kernel_size=1, bias=True)
        self.se2 = nn.Conv2d(se_channels, in_channels, kernel_size=1, bias=True)

    def forward(self, x):
        out = F.adaptive_avg_pool2d(x, (1, 1))
        out = swish(self.se1(out))
        out = self.se2(out).sigmoid()
        out = x * out
        return out


class Block(nn.Module):
    """Expansion, depthwise convolution, squeeze-and-excitation, projection."""

    def __init__(self, inp, oup, kernel_size, stride, expand_ratio=1, se_ratio=0.25, drop_rate=0.0):
        super().__init__()
        self.drop_rate = drop_rate
        self.expand_ratio = expand_ratio
        channels = expand_ratio * inp
        self.conv1 = None
        if expand_ratio != 1:
            self.conv1 = nn.Conv2d(inp, channels, kernel_size=1, bias=False)
            self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(
            channels,
            channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=(1 if kernel_size == 3 else 2),
            groups=channels,
            bias=False,
        )
        self.bn2 = nn.BatchNorm2d(channels)
        self.se = SE(channels, max(1, int(inp * se_ratio)))
        self.conv3 = nn.Conv2d(channels, oup, kernel_size=1, stride=1, padding=0, bias=False)
        self.bn3 = nn.BatchNorm2d(oup)
        self.has_skip = (stride == 1) and (inp == oup)

    def forward(self, x):
        out = x if self.expand_ratio == 1 else swish(self.bn1(self.conv1(x)))
        out = swish(self.bn2(self.conv2(out)))
        out = self.se(out)
        out = self.bn3(self.conv3(out))
        if self.has_skip:
            if self.training and self.drop_rate > 0:
                out = drop_connect(out, self.drop_rate)
            out = out + x
        return out


class EfficientNet(nn.Module):
    def __init__(self, cfg, num_classes=10):
        super().__init__()
        self.cfg = cfg
        stem = cfg["stem"]
        self.conv1 = nn.Conv2d(3, stem, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.layers = self._make_layers(stem)
        self.conv2 = nn.Conv2d(cfg["out_channels"][-1], cfg["head"], kernel_size=1, bias=False)
        self.bn2 = nn.BatchNorm2d(cfg["head"])
        self.linear = nn.Linear(cfg["head"], num_classes)

    def _make_layers(self, in_channels):
        layers = []
        cfg = [
            self.cfg[k]
            for k in ["expansion", "out_channels", "num_blocks", "kernel_size", "stride"]
        ]
        b = 0
        blocks = sum(self.cfg["num_blocks"])
        for expansion, out_channels, num_blocks, kernel_size, stride in zip(*cfg, strict=True):
            strides = [stride] + [1] * (num_blocks - 1)
            for stride in strides:
                drop_rate = self.cfg["drop_connect_rate"] * b / blocks
                layers.append(
                    Block(
                        in_channels,
                        out_channels,
                        kernel_size,
                        stride,
                        expansion,
                        se_ratio=0.25,
                        drop_rate=drop_rate,
                    )
                )
                in_channels = out_channels
                b += 1
        return nn.Sequential(*layers)

    def forward(self, x):
        out = swish(self.bn1(self.conv1(x)))
        out = self.layers(out)
        out = swish(self.bn2(self.conv2(out)))
        out = F.adaptive_avg_pool2d(out, 1)
        out = out.view(out.size(0), -1)
        dropout_rate = self.cfg["dropout_rate"]
        if self.training and dropout_rate > 0:
            out = F.dropout(out, p=dropout_rate)
        out = self.linear(out)
        return out


def full():
    cfg = {
        "stem": 32,
        "head": 1280,
        "num_blocks": [1, 2, 2, 3, 3, 4, 1],
        "expansion": [1, 6, 6, 6, 6, 6, 6],
        "out_channels": [16, 24, 40, 80, 112, 192, 320],
        "kernel_size": [3, 3, 5, 3, 5, 5, 3],
        "stride": [1, 2, 2, 2, 1, 2, 1],
        "dropout_rate": 0.2,
        "drop_connect_rate": 0.2,
    }
    return EfficientNet(cfg, num_classes=1000)


def small(dropout=0.0):
    cfg = {
        "stem": 4,
        "head": 24,
        "num_blocks": [1, 2, 1],
        "expansion": [1, 2, 2],
        "out_channels": [4, 4, 6],
        "kernel_size": [3, 3, 5],
        "stride": [1, 1, 2],
        "dropout_rate": dropout,
        "drop_connect_rate": dropout,
    }
    return EfficientNet(cfg)


def test():
    net = small(dropout=0.2)
    x = torch.randn(2, 3, 32, 32)
    y = net(x)
    print(y.shape)
