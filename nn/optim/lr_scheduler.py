"""Schedulers: each `step()` sets the learning rate of every parameter group of an optimizer."""

import math
from collections.abc import Sequence

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.optim.decays import ExponentialLR, LambdaLR, MultiStepLR
from crosscheck.nn.optim.one_cycle import OneCycle
from crosscheck.nn.optim.optimizer import Optimizer
from crosscheck.nn.optim.plateau import ReduceLROnPlateau
from crosscheck.nn.optim.restarts import CosineAnnealingWarmRestarts
from crosscheck.nn.optim.scheduler import LRScheduler

__all__ = [
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "StepLR",
]


class StepLR(LRScheduler):
    """Multiply the learning rate by `gamma` every `step_size` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ):
        self.step_size = integer("StepLR", "step_size", step_size, 1)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0 or self.last_epoch % self.step_size:
            return self._current_lrs()
        return [lr * self.gamma for lr in self._current_lrs()]


class CosineAnnealingLR(LRScheduler):
    """Follow a cosine from the initial rate down to `eta_min` in T_max epochs, and back up.

    Each step scales the previous rate, as in PyTorch, so that other schedulers of the same
    optimizer may change it too.
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ):
        self.T_max = integer("CosineAnnealingLR", "T_max", T_max, 1)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if not self._initialized:
            return self._current_lrs()
        low, angle = self.eta_min, math.pi / self.T_max
        if (self.last_epoch - 1) % (2 * self.T_max) == self.T_max:  # the ratio divides by 0
            return [
                lr + (base - low) * (1 - math.cos(angle)) / 2
                for base, lr in zip(self.base_lrs, self._current_lrs(), strict=True)
            ]
        ratio = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / (
            1 + math.cos(math.pi * (self.last_epoch - 1) / self.T_max)
        )
        return [ratio * (lr - low) + low for lr in self._current_lrs()]


class OneCycleLR(LRScheduler):
    """Raise the learning rate to `max_lr`, then lower it far below its initial value, in one cycle.

    Momentum, or the first of the betas, falls while the rate rises. Call `step()` after every
    batch. `nn.optim.one_cycle` has the curve.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ):
        if not isinstance(optimizer, Optimizer):
            kind = type(optimizer).__name__
            reject("OneCycleLR", "optimizer", kind, "an nn.optim.Optimizer", TypeError)
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            expected = "a number of steps, or epochs and steps_per_epoch"
            reject("OneCycleLR", "total_steps", None, expected)
        if total_steps is None:
            total_steps = integer("OneCycleLR", "epochs", epochs, 1) * integer(
                "OneCycleLR", "steps_per_epoch", steps_per_epoch, 1
            )
        self.total_steps = integer("OneCycleLR", "total_steps", total_steps, 1)
        self.cycle_momentum = cycle_momentum
        self.curve_options = pct_start, anneal_strategy, three_phase
        groups = optimizer.param_groups
        max_lrs = _per_group("max_lr", max_lr, groups)
        max_momenta = _per_group("max_momentum", max_momentum, groups)
        base_momenta = _per_group("base_momentum", base_momentum, groups)
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            reject("OneCycleLR", "cycle_momentum", True, "False: the optimizer has no momentum")
        if last_epoch == -1:
            for group, lr, high, low in zip(
                groups, max_lrs, max_momenta, base_momenta, strict=True
            ):
                initial_lr = lr / div_factor
                min_lr = initial_lr / final_div_factor
                group.update(initial_lr=initial_lr, max_lr=lr, min_lr=min_lr)
                if cycle_momentum:
                    group.update(max_momentum=high, base_momentum=low)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            reject("OneCycleLR", "step", self.last_epoch, f"at most {self.total_steps} steps")
        groups = self.optimizer.param_groups
        cycle = OneCycle(self.total_steps, *self.curve_options)
        if self.cycle_momentum:
            for group in groups:
                momentum = cycle.momentum(group, self.last_epoch)
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                else:
                    group["momentum"] = momentum
        return [cycle.lr(group, self.last_epoch) for group in groups]


def _per_group(name: str, value: float | Sequence[float], groups: list[dict]) -> list[float]:
    """Return a number for each group, from one for all or a sequence. Raises ValueError."""
    values = list(value) if isinstance(value, (list, tuple)) else [value] * len(groups)
    if len(values) != len(groups):
        reject("OneCycleLR", name, value, f"one number, or one for each of {len(groups)} groups")
    return values
