"""What normalises channels and may keep running statistics: batch_norm and instance_norm."""

from typing import Any, ClassVar

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn import init
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty
from crosscheck.nn.tensor import Tensor


class ChannelNorm(Module):
    """A weight, a bias and running statistics of `num_features` channels, each if it is wanted.

    `RANKS` are those of the inputs.
    """

    RANKS: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        self.num_features = integer(type(self).__name__, "num_features", num_features, 0)
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        size = (self.num_features,)

        def optional_parameter(exists: bool) -> Parameter | None:
            return Parameter(empty(size, device, dtype)) if exists else None

        self.register_parameter("weight", optional_parameter(affine))
        self.register_parameter("bias", optional_parameter(affine and bias))
        for name, shape, buffer_dtype in (
            ("running_mean", size, dtype),
            ("running_var", size, dtype),
            ("num_batches_tracked", (), np.int64),
        ):
            buffer = Tensor(empty(shape, device, buffer_dtype)) if track_running_stats else None
            self.register_buffer(name, buffer)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Reset the running statistics: mean 0, variance 1, no batch seen."""
        if self.track_running_stats:
            init.zeros_(self.running_mean)
            init.ones_(self.running_var)
            init.zeros_(self.num_batches_tracked)

    def reset_parameters(self) -> None:
        """Reset the running statistics, the weight to 1 and the bias to 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def check_rank(self, input: Tensor) -> None:
        """Raise ValueError for an input of another rank."""
        if input.ndim not in self.RANKS:
            ranks = " or ".join(map(str, self.RANKS))
            reject(type(self).__name__, "input.shape", input.shape, f"{ranks} dimensions")

    def extra_repr(self) -> str:
        names = "eps", "momentum", "affine", "bias", "track_running_stats"
        values = {name: getattr(self, name) for name in names} | {"bias": self.bias is not None}
        return ", ".join([f"{self.num_features}", *(f"{k}={v}" for k, v in values.items())])
