"""The functions of this package, and its layers: those of torch.nn that compute with our operators.

Each layer has its base's arguments and state, and replaces a forward pass, nothing else. They are
defined beside their operators, and found there.
"""

# ruff: noqa: F403
# Each module brings what it marks as public: see `nn.public`.

from types import FunctionType

import torch

from crosscheck.nn.torch_ops.activation import *
from crosscheck.nn.torch_ops.adaptive_pooling import *
from crosscheck.nn.torch_ops.convolution import *
from crosscheck.nn.torch_ops.dropouts import *
from crosscheck.nn.torch_ops.embeddings import *
from crosscheck.nn.torch_ops.grouped_normalization import *
from crosscheck.nn.torch_ops.instance_norm import *
from crosscheck.nn.torch_ops.linear import *
from crosscheck.nn.torch_ops.local_response_norm import *
from crosscheck.nn.torch_ops.loss import *
from crosscheck.nn.torch_ops.normalization import *
from crosscheck.nn.torch_ops.paddings import *
from crosscheck.nn.torch_ops.pooling import *
from crosscheck.nn.torch_ops.power_pooling import *
from crosscheck.nn.torch_ops.rearranging import *
from crosscheck.nn.torch_ops.resize import *
from crosscheck.nn.torch_ops.softmaxes import *
from crosscheck.nn.torch_ops.unpooling import *

__all__ = [name for name, value in globals().items() if isinstance(value, type | FunctionType)]
LAYERS = {
    layer.__base__: layer
    for layer in map(globals().get, __all__)
    if isinstance(layer, type) and issubclass(layer, torch.nn.Module)
}
