"""PyTorch's API on Crosscheck's kernels: tensors, autograd, functions, modules, optimizers.

A model moves over by its imports. This package stands for `torch` and for `torch.nn`:

    import crosscheck.nn as torch
    import crosscheck.nn as nn
    import crosscheck.nn.functional as F
    import crosscheck.nn.optim as optim
    from crosscheck.nn.utils.data import DataLoader
"""

# ruff: noqa: F401, F403
# Each module brings what it marks as public: see `nn.public`.

import sys

from crosscheck.nn import (
    amp,
    backends,
    cuda,
    data,
    functional,
    init,
    linalg,
    modules,
    optim,
    utils,
)
from crosscheck.nn.amp import GradScaler, autocast, get_autocast_dtype, is_autocast_enabled
from crosscheck.nn.arithmetic import *
from crosscheck.nn.backends.precision import (
    get_float32_matmul_precision,
    set_float32_matmul_precision,
)
from crosscheck.nn.comparisons import *
from crosscheck.nn.devices import device
from crosscheck.nn.dtypes import *
from crosscheck.nn.elementwise import *
from crosscheck.nn.extrema import *
from crosscheck.nn.factories import *
from crosscheck.nn.functional import log_softmax, one_hot, softmax
from crosscheck.nn.fusion import fuse
from crosscheck.nn.indexing import *
from crosscheck.nn.joining import *
from crosscheck.nn.methods import METHODS
from crosscheck.nn.model_summary import summary
from crosscheck.nn.modules import *
from crosscheck.nn.parts import *
from crosscheck.nn.random import manual_seed
from crosscheck.nn.reductions import *
from crosscheck.nn.serialization import load, save
from crosscheck.nn.tape import enable_grad, no_grad
from crosscheck.nn.tensor import Size, Tensor, tensor
from crosscheck.nn.views import *

nn = sys.modules[__name__]  # `torch.nn`
