"""Normalisation."""

from typing import Any

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn import functional as F
from crosscheck.nn import init
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class BatchNorm2d(Module):
    """`torch.nn.BatchNorm2d`: normalises every channel of (n, c, h, w) to mean 0 and variance 1.

    In training it uses the statistics of the batch, and updates the running statistics with them;
    in `eval` it uses the running statistics. With momentum None these are the plain mean over all
    batches so far.
    """

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
        self.num_features = integer("BatchNorm2d", "num_features", num_features, 0)
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

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim != 4:
            reject("BatchNorm2d", "input.shape", input.shape, "4 dimensions")
        momentum = 0.0 if self.momentum is None else self.momentum
        updates_running = self.training and self.track_running_stats
        if updates_running and self.num_batches_tracked is not None:
            self.num_batches_tracked.array[...] += 1
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked.item()
        running = [self.running_mean, self.running_var]
        if self.training and not updates_running:
            running = [None, None]
        uses_batch = self.training or running == [None, None]
        weights = self.weight, self.bias
        return F.batch_norm(input, *running, *weights, uses_batch, momentum, self.eps)

    def extra_repr(self) -> str:
        names = "eps", "momentum", "affine", "bias", "track_running_stats"
        values = {name: getattr(self, name) for name in names} | {"bias": self.bias is not None}
        return ", ".join([f"{self.num_features}", *(f"{k}={v}" for k, v in values.items())])


@public
class LocalResponseNorm(Module):
    """`torch.nn.LocalResponseNorm`: divides by what `size` channels around each element hold."""

    def __init__(self, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
