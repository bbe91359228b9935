"""The linear layer."""

import math
from typing import Any

from crosscheck.kernels.arguments import integer
from crosscheck.nn import functional as F
from crosscheck.nn import init
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Linear(Module):
    """`torch.nn.Linear`: maps (*, in_features) to (*, out_features)."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: Any = None,
    ):
        super().__init__()
        self.in_features = integer("Linear", "in_features", in_features, 0)
        self.out_features = integer("Linear", "out_features", out_features, 0)
        self.weight = Parameter(empty((self.out_features, self.in_features), device, dtype))
        parameter = Parameter(empty((self.out_features,), device, dtype)) if bias else None
        self.register_parameter("bias", parameter)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights from PyTorch's default distribution."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init.bias_(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        features = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{features}, bias={self.bias is not None}"
