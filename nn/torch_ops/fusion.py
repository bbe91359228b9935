"""torch.ao.quantization.fuse_modules for replaced layers.

It finds what to do by the exact classes of the layers, and makes PyTorch's fused ones, which are
quantized later. So on import its table gets every mixture of our classes and PyTorch's, and layers
that are fused become PyTorch's again. `replace` may then be called for what came of it.
"""

from collections.abc import Callable
from functools import partial
from itertools import product

from torch import nn
from torch.ao.quantization.fuser_method_mappings import _DEFAULT_OP_LIST_TO_FUSER_METHOD as TABLE

from crosscheck.nn.torch_ops.modules import LAYERS


def _fuse(method: Callable[..., nn.Module], is_qat: bool, *layers: nn.Module) -> nn.Module:
    for layer in layers:
        if type(layer) in LAYERS.values():
            layer.__class__ = type(layer).__base__
    return method(is_qat, *layers)


for classes, method in list(TABLE.items()):
    for mixture in product(*((each, LAYERS.get(each, each)) for each in classes)):
        TABLE.setdefault(mixture, partial(_fuse, method))
