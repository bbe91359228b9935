"""Batch normalisation."""

from crosscheck.nn import functional as F
from crosscheck.nn.modules.channel_norm import ChannelNorm
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class BatchNorm(ChannelNorm):
    """What `BatchNorm1d` and `BatchNorm2d` have in common.

    In training it uses the statistics of the batch, and updates the running statistics with them;
    in `eval` it uses the running statistics. With momentum None these are the plain mean over all
    batches so far.
    """

    def forward(self, input: Tensor) -> Tensor:
        self.check_rank(input)
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


@public
class BatchNorm1d(BatchNorm):
    """`torch.nn.BatchNorm1d`: normalises every channel of (n, c) or (n, c, l) to mean 0 and
    variance 1; see `BatchNorm`.
    """

    RANKS = (2, 3)


@public
class BatchNorm2d(BatchNorm):
    """`torch.nn.BatchNorm2d`: normalises every channel of (n, c, h, w) to mean 0 and variance 1;
    see `BatchNorm`.
    """

    RANKS = (4,)
