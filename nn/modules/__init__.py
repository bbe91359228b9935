"""The modules of `torch.nn`, with its names, arguments, defaults and initial distributions."""

# ruff: noqa: F403
# Each module brings what it marks as public: see `nn.public`.

from crosscheck.nn.modules.activation import *
from crosscheck.nn.modules.adaptive_pooling import *
from crosscheck.nn.modules.batch_norm import *
from crosscheck.nn.modules.container import *
from crosscheck.nn.modules.conv_transpose import *
from crosscheck.nn.modules.convolution import *
from crosscheck.nn.modules.dropout import *
from crosscheck.nn.modules.embedding import *
from crosscheck.nn.modules.flatten import *
from crosscheck.nn.modules.fused import *
from crosscheck.nn.modules.identity import *
from crosscheck.nn.modules.instance_norm import *
from crosscheck.nn.modules.linear import *
from crosscheck.nn.modules.local_response_norm import *
from crosscheck.nn.modules.loss import *
from crosscheck.nn.modules.module import *
from crosscheck.nn.modules.normalization import *
from crosscheck.nn.modules.padding import *
from crosscheck.nn.modules.parameter import *
from crosscheck.nn.modules.pooling import *
from crosscheck.nn.modules.rearranging import *
from crosscheck.nn.modules.upsampling import *

__all__ = [name for name, value in globals().items() if isinstance(value, type)]
