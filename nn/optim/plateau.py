"""A scheduler that watches a metric."""

import math
from collections.abc import Sequence
from typing import Any, SupportsFloat

from crosscheck.kernels.arguments import reject
from crosscheck.nn.optim.optimizer import Optimizer

NAME = "ReduceLROnPlateau"


class ReduceLROnPlateau:
    """Multiply the learning rate by `factor` when a metric has not improved for `patience` steps.

    After that, `cooldown` steps are not counted. A rate stays at `min_lr`, and where it would
    change by `eps` or less. Raises ValueError or TypeError.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ):
        if not isinstance(optimizer, Optimizer):
            reject(NAME, "optimizer", type(optimizer).__name__, "an nn.optim.Optimizer", TypeError)
        if factor >= 1.0:
            reject(NAME, "factor", factor, "a number below 1")
        if mode not in ("min", "max"):
            reject(NAME, "mode", mode, "'min' or 'max'")
        if threshold_mode not in ("rel", "abs"):
            reject(NAME, "threshold_mode", threshold_mode, "'rel' or 'abs'")
        groups = optimizer.param_groups
        is_list = isinstance(min_lr, (list, tuple))
        self.min_lrs = list(min_lr) if is_list else [min_lr] * len(groups)
        if len(self.min_lrs) != len(groups):
            reject(NAME, "min_lr", min_lr, f"one number, or one for each of {len(groups)} groups")
        self.optimizer, self.mode, self.factor = optimizer, mode, factor
        self.patience, self.cooldown, self.eps = patience, cooldown, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = self.num_bad_epochs = self.last_epoch = 0
        self._last_lr = [group["lr"] for group in groups]

    def step(self, metrics: SupportsFloat) -> None:
        """Compare a metric, a number or a tensor of one element, with the best so far."""
        current = float(metrics)
        self.last_epoch += 1
        if self._is_better(current):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]

    def _is_better(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            limit = self.best * (1.0 + sign * self.threshold)
        else:
            limit = self.best + sign * self.threshold
        return metric < limit if self.mode == "min" else metric > limit

    def _reduce(self) -> None:
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            lr = max(group["lr"] * self.factor, least)
            if group["lr"] - lr > self.eps:
                group["lr"] = lr

    def get_last_lr(self) -> list[float]:
        """Return the learning rates after the last `step`."""
        return self._last_lr

    def state_dict(self) -> dict[str, Any]:
        """Return all attributes but the optimizer, which has its own `state_dict`."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the attributes from a `state_dict`."""
        vars(self).update(state_dict)
