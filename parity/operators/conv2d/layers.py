"""Layers of three networks, made small enough for a CPU to run each in milliseconds.

LeNet-5 (LeCun 1998) has its own sizes. ResNet-50 (He 2015) and MobileNetV2 (Sandler 2018) have an
eighth of their channels and half of their image size.
"""

from crosscheck.parity.operators.conv2d.geometry import conv

LENET = (
    conv("lenet-c1", "LeNet-5's first layer", (1, 1, 28, 28), (6, 1, 5, 5), padding=2),
    conv("lenet-c3", "LeNet-5's second layer", (1, 6, 14, 14), (16, 6, 5, 5)),
    conv(
        "lenet-c5", "LeNet-5's third layer: the filter is the image", (2, 16, 5, 5), (120, 16, 5, 5)
    ),
)

RESNET = (
    conv(
        "resnet-stem",
        "7x7, stride 2",
        (1, 3, 56, 56),
        (8, 3, 7, 7),
        bias=False,
        stride=2,
        padding=3,
    ),
    conv(
        "resnet-3x3-28",
        "the workhorse, large image",
        (1, 8, 28, 28),
        (8, 8, 3, 3),
        bias=False,
        padding=1,
    ),
    conv(
        "resnet-3x3-14",
        "the workhorse, middle",
        (1, 16, 14, 14),
        (16, 16, 3, 3),
        bias=False,
        padding=1,
    ),
    conv(
        "resnet-3x3-7",
        "the workhorse, many channels",
        (1, 32, 7, 7),
        (32, 32, 3, 3),
        bias=False,
        padding=1,
    ),
    conv(
        "resnet-3x3-s2",
        "between stages",
        (1, 16, 28, 28),
        (16, 16, 3, 3),
        bias=False,
        padding=1,
        stride=2,
    ),
    conv("resnet-reduce", "1x1 to fewer channels", (1, 32, 28, 28), (8, 32, 1, 1), bias=False),
    conv("resnet-expand", "1x1 to more channels", (1, 8, 28, 28), (32, 8, 1, 1), bias=False),
    conv(
        "resnet-shortcut",
        "1x1, stride 2: three of four pixels are never read",
        (1, 32, 28, 28),
        (64, 32, 1, 1),
        bias=False,
        stride=2,
    ),
    conv(
        "resnet-last",
        "1x1 to more channels, smallest image",
        (2, 64, 7, 7),
        (128, 64, 1, 1),
        bias=False,
    ),
)

MOBILENET = (
    conv(
        "mobilenet-stem",
        "3x3, stride 2, on colours",
        (1, 3, 56, 56),
        (8, 3, 3, 3),
        bias=False,
        stride=2,
        padding=1,
    ),
    conv(
        "mobilenet-depthwise",
        "depthwise, stride 1",
        (1, 24, 28, 28),
        (24, 1, 3, 3),
        bias=False,
        padding=1,
        groups=24,
    ),
    conv(
        "mobilenet-depthwise-s2",
        "depthwise, stride 2",
        (1, 36, 28, 28),
        (36, 1, 3, 3),
        bias=False,
        padding=1,
        stride=2,
        groups=36,
    ),
    conv(
        "mobilenet-expand",
        "1x1 to six times the channels",
        (1, 8, 28, 28),
        (48, 8, 1, 1),
        bias=False,
    ),
    conv("mobilenet-project", "1x1 to fewer channels", (1, 96, 14, 14), (16, 96, 1, 1), bias=False),
    conv("mobilenet-head", "1x1 into the classifier", (1, 40, 7, 7), (160, 40, 1, 1), bias=False),
)

LAYERS = (*LENET, *RESNET, *MOBILENET)
