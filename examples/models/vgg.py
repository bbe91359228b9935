"""VGG-11: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition", 2014. Configuration A: eight 3x3 convolutions and three linear layers."""

from crosscheck import nn
from crosscheck.nn import Tensor

STAGES = (1, 64), (1, 128), (2, 256), (2, 512), (2, 512)  # convolutions, channels; then a pooling


class VGG11(nn.Module):
    """Takes images (n, 3, h, w), h and w at least 32; returns logits (n, classes).

    divide  makes every layer so many times narrower
    """

    def __init__(self, classes: int = 1000, divide: int = 1, dropout: float = 0.5):
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for convolutions, channels in STAGES:
            for _ in range(convolutions):
                layers += nn.Conv2d(inputs, channels // divide, 3, padding=1), nn.ReLU(inplace=True)
                inputs = channels // divide
            layers.append(nn.MaxPool2d(2))
        hidden = 4096 // divide
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            nn.Linear(inputs * 7 * 7, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))
