"""Convolutions that do what follows them, too, in one launch. `nn.fuse` makes them of a model's."""

from crosscheck.nn import functional as F
from crosscheck.nn.modules.convolution import Conv2d
from crosscheck.nn.public import public


@public
class ConvReLU2d(Conv2d):
    """ReLU of a `Conv2d`, with its arguments and state."""

    _function = staticmethod(F.conv2d_relu)


@public
class ConvReLUMaxPool2d(Conv2d):
    """`MaxPool2d(2)` of the ReLU of a `Conv2d`, with its arguments and state."""

    _function = staticmethod(F.conv2d_relu_max_pool2d)
