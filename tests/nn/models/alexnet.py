"""AlexNet: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks",
2012; its five convolutions for images of 32 x 32."""

import torch
import torch.nn as nn


class AlexNet(nn.Module):
    def __init__(self, width=64, hidden=4096, dropout=0.5, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, width, kernel_size=3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
            nn.Conv2d(width, 3 * width, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
            nn.Conv2d(3 * width, 6 * width, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(6 * width, 4 * width, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(4 * width, 4 * width, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
        )
        self.flat_features = 4 * width * 2 * 2
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(self.flat_features, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, num_classes),
        )

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), self.flat_features)
        x = self.classifier(x)
        return x


def full():
    return AlexNet()


def small(dropout=0.0):
    return AlexNet(width=4, hidden=32, dropout=dropout)


def test():
    net = small(dropout=0.5)
    out = net(torch.randn(4, 3, 32, 32))
    print(out.shape)
