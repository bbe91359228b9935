"""A cosine that starts again and again."""

import math

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.optim.optimizer import Optimizer
from crosscheck.nn.optim.scheduler import LRScheduler


class CosineAnnealingWarmRestarts(LRScheduler):
    """Follow a cosine from the initial rate down to `eta_min` in T_0 epochs, then start again.

    Each period is `T_mult` times as long as the one before.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ):
        name = type(self).__name__
        self.T_0 = self.T_i = integer(name, "T_0", T_0, 1)
        self.T_mult = integer(name, "T_mult", T_mult, 1)
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * height / 2 for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Advance to the next epoch, or to this one, which may be a fraction: after every batch."""
        if epoch is None and self.last_epoch >= 0:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                reject(type(self).__name__, "epoch", epoch, "a number of at least 0")
            self._place(epoch)
            self.last_epoch = math.floor(epoch) - 1
        super().step()

    def _place(self, epoch: float) -> None:
        """Find the period of an epoch, and the place in it."""
        first, growth = self.T_0, self.T_mult
        if growth == 1 or epoch < first:
            self.T_i, self.T_cur = first, epoch % first
            return
        period = int(math.log(epoch / first * (growth - 1) + 1, growth))
        self.T_cur = epoch - first * (growth**period - 1) / (growth - 1)
        self.T_i = first * growth**period
