"""A small detector with one pass and two scales, in the manner of SSD (Liu et al., 2015) and YOLOv3
(Redmon and Farhadi, 2018): every cell of a map predicts one object whose centre lies in it.

The coarser map, which sees more, is enlarged and added to the finer one, as in feature pyramids
(Lin et al., 2016).
"""

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn import Tensor, cat


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.1, inplace=True),
    )


class Detector(nn.Module):
    """Takes images (n, channels, h, w), h and w multiples of 16; returns (n, cells, 5 + classes).

    The cells are those of 8 x 8 pixels, row by row, then those of 16 x 16. Of each: the logit that
    an object is centred there; its centre, as logits of the place within the cell, right and down;
    the logarithms of its width and height in cells; the logits of the classes.
    """

    STRIDES = 8, 16

    def __init__(self, channels: int = 3, classes: int = 3, width: int = 16):
        super().__init__()
        self.outputs = 5 + classes
        self.stem = nn.Sequential(
            _convolution(channels, width, stride=2),
            _convolution(width, 2 * width, stride=2),
            _convolution(2 * width, 2 * width),
        )
        self.fine = nn.Sequential(
            _convolution(2 * width, 4 * width, stride=2), _convolution(4 * width, 4 * width)
        )
        self.coarse = nn.Sequential(
            _convolution(4 * width, 8 * width, stride=2), _convolution(8 * width, 8 * width)
        )
        self.lateral = nn.Conv2d(8 * width, 4 * width, 1)
        self.fine_head = nn.Conv2d(4 * width, self.outputs, 1)
        self.coarse_head = nn.Conv2d(8 * width, self.outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(self.stem(x))
        coarse = self.coarse(fine)
        fine = fine + F.interpolate(self.lateral(coarse), scale_factor=2, mode="nearest")
        maps = self.fine_head(fine), self.coarse_head(coarse)
        return cat([each.flatten(2).permute(0, 2, 1) for each in maps], 1)
