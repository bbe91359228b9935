"""Normalisation of every channel of every sample."""

from typing import Any

from crosscheck.nn import functional as F
from crosscheck.nn.modules.channel_norm import ChannelNorm
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class InstanceNorm(ChannelNorm):
    """What `InstanceNorm1d` and `InstanceNorm2d` have in common.

    Every channel of every sample is normalised with its own statistics, which update the running
    ones where `track_running_stats` keeps some; these are used in `eval`. As in PyTorch,
    momentum None leaves them as they are.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: str | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        given = eps, momentum, affine, track_running_stats, device, dtype
        super().__init__(num_features, *given, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        self.check_rank(input)
        batch = input.unsqueeze(0) if input.ndim == self.RANKS[0] else input
        output = F.instance_norm(
            batch,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return output if batch is input else output.squeeze(0)


@public
class InstanceNorm1d(InstanceNorm):
    """`torch.nn.InstanceNorm1d` of (n, c, l) or (c, l)."""

    RANKS = (2, 3)


@public
class InstanceNorm2d(InstanceNorm):
    """`torch.nn.InstanceNorm2d` of (n, c, h, w) or (c, h, w)."""

    RANKS = (3, 4)
