"""U-Net: Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation",
2015; with padding, so that the output has the size of the image, and with batch norm.
"""

from crosscheck import nn
from crosscheck.nn import Tensor, cat


def _convolutions(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    """Takes images (n, channels, h, w), h and w multiples of 2^depth; returns (n, classes, h, w).

    width  channels at full size; each of `depth` poolings doubles them
    """

    def __init__(self, channels: int = 3, classes: int = 2, width: int = 64, depth: int = 4):
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        narrower = list(zip(widths[1:], widths, strict=False))[::-1]  # from the bottom up
        self.down = nn.ModuleList(
            [_convolutions(a, b) for a, b in zip([channels, *widths], widths, strict=False)]
        )
        self.pool = nn.MaxPool2d(2)
        self.grow = nn.ModuleList([nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in narrower])
        self.up = nn.ModuleList([_convolutions(a, b) for a, b in narrower])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        skipped = []
        for convolutions in self.down:
            x = convolutions(self.pool(x) if skipped else x)
            skipped.append(x)
        skipped.pop()  # the bottom itself
        for grow, convolutions in zip(self.grow, self.up, strict=True):
            x = convolutions(cat([skipped.pop(), grow(x)], 1))
        return self.head(x)
