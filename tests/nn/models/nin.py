"""Network in Network: Lin et al., 2013; the network for CIFAR-10."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class MLPConv(nn.Module):
    """A convolution followed by two 1x1 convolutions, each with its ReLU."""

    def __init__(self, in_channels, channels, kernel_size):
        super().__init__()
        first, second, third = channels
        self.conv = nn.Conv2d(in_channels, first, kernel_size, padding=kernel_size // 2)
        self.cccp1 = nn.Conv2d(first, second, kernel_size=1)
        self.cccp2 = nn.Conv2d(second, third, kernel_size=1)

    def forward(self, x):
        x = F.relu(self.conv(x), inplace=True)
        x = F.relu(self.cccp1(x), inplace=True)
        return F.relu(self.cccp2(x), inplace=True)


class NiN(nn.Module):
    def __init__(self, width=192, dropout=0.5, num_classes=10):
        super().__init__()
        self.dropout = dropout
        self.block1 = MLPConv(3, (width, 5 * width // 6, width // 2), 5)
        self.block2 = MLPConv(width // 2, (width, width, width), 5)
        self.block3 = MLPConv(width, (width, width, num_classes), 3)

    def forward(self, x):
        x = F.max_pool2d(self.block1(x), kernel_size=3, stride=2, padding=1)
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.avg_pool2d(self.block2(x), kernel_size=3, stride=2, padding=1)
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.block3(x)
        x = F.avg_pool2d(x, kernel_size=x.size()[2:])
        return x.view(-1, x.size(1))


def full():
    return NiN()


def small(dropout=0.0):
    return NiN(width=12, dropout=dropout)


def test():
    net = small(dropout=0.5)
    net.train()
    y = net(torch.randn(2, 3, 32, 32))
    print(y.size())
