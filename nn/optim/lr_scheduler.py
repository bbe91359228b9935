"""Schedules: each `step()` sets the learning rate of every parameter group of an optimizer."""

import math
from collections.abc import Sequence
from typing import Any

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.optim.one_cycle import OneCycle
from crosscheck.nn.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "LRScheduler", "OneCycleLR", "StepLR"]


class LRScheduler:
    """What the schedules share: count the steps and write `get_lr()` into the groups.

    Make it before training; then call `step()` after the optimizer's own, once an epoch or a batch.
    `last_epoch` other than -1 goes on from there, with groups that have their "initial_lr".
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1):
        name = type(self).__name__
        if not isinstance(optimizer, Optimizer):
            reject(name, "optimizer", type(optimizer).__name__, "an nn.optim.Optimizer", TypeError)
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                reject(name, "last_epoch", last_epoch, "-1: no group has its initial_lr", KeyError)
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._started = False
        self.step()
        self._started = True

    def get_lr(self) -> list[float]:
        """Return the learning rate of each group at `last_epoch`, given the one before."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """Return the learning rates that `step` set."""
        return self._last_lr

    def step(self) -> None:
        """Go to the next epoch."""
        self.last_epoch += 1
        for group, lr in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            group["lr"] = lr
        self._last_lr = self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return everything but the optimizer, whose own state_dict has its groups."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a `state_dict`."""
        vars(self).update(state_dict)


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
            return self._rates()
        return [lr * self.gamma for lr in self._rates()]


class CosineAnnealingLR(LRScheduler):
    """Follow a cosine from the learning rate down to `eta_min` in T_max epochs, and back up.

    Each step scales the rate of the one before, as in PyTorch: another schedule of the same
    optimizer may change it too.
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ):
        self.T_max = integer("CosineAnnealingLR", "T_max", T_max, 1)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if not self._started:
            return self._rates()
        low, angle = self.eta_min, math.pi / self.T_max
        if (self.last_epoch - 1) % (2 * self.T_max) == self.T_max:  # the step before was at the low
            return [
                lr + (base - low) * (1 - math.cos(angle)) / 2
                for base, lr in zip(self.base_lrs, self._rates(), strict=True)
            ]
        ratio = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / (
            1 + math.cos(math.pi * (self.last_epoch - 1) / self.T_max)
        )
        return [ratio * (lr - low) + low for lr in self._rates()]


class OneCycleLR(LRScheduler):
    """Raise the learning rate to `max_lr`, then lower it far below where it began, in one cycle.

    Momentum, or the first of the betas, goes the other way. Call `step()` after every batch.
    `nn.optim.one_cycle` has the curve.
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
        self.shape = pct_start, anneal_strategy, three_phase
        groups = optimizer.param_groups
        rates = _per_group("max_lr", max_lr, groups)
        tops = _per_group("max_momentum", max_momentum, groups)
        bases = _per_group("base_momentum", base_momentum, groups)
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            reject("OneCycleLR", "cycle_momentum", True, "False: the optimizer has no momentum")
        if last_epoch == -1:
            for group, rate, top, base in zip(groups, rates, tops, bases, strict=True):
                start = rate / div_factor
                group.update(initial_lr=start, max_lr=rate, min_lr=start / final_div_factor)
                if cycle_momentum:
                    group.update(max_momentum=top, base_momentum=base)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            reject("OneCycleLR", "step", self.last_epoch, f"at most {self.total_steps} steps")
        groups = self.optimizer.param_groups
        cycle = OneCycle(self.total_steps, *self.shape)
        if self.cycle_momentum:
            for group in groups:
                momentum = cycle.momentum(group, self.last_epoch)
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                else:
                    group["momentum"] = momentum
        return [cycle.lr(group, self.last_epoch) for group in groups]


def _per_group(name: str, value: float | Sequence[float], groups: list[dict]) -> list[float]:
    values = list(value) if isinstance(value, (list, tuple)) else [value] * len(groups)
    if len(values) != len(groups):
        reject("OneCycleLR", name, value, f"one number, or {len(groups)} for the groups")
    return values
