"""SimpleCNN: two convolutions, each halved by pooling, and a linear layer."""

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn import Tensor


class SimpleCNN(nn.Module):
    """Takes images (n, channels, size, size), size a multiple of 4; returns logits (n, classes)."""

    def __init__(self, channels: int = 3, size: int = 32, classes: int = 10, width: int = 16):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.fc = nn.Linear(2 * width * (size // 4) ** 2, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))
