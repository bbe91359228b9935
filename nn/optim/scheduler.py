"""The base class of schedulers: it counts steps, and writes rates into an optimizer's groups."""

from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.nn.optim.optimizer import Optimizer


class LRScheduler:
    """The base class: counts the steps, and writes `get_lr()` into the parameter groups.

    Create it before training. Then call `step()` after the optimizer's own, once per epoch or per
    batch. A `last_epoch` other than -1 resumes there; the groups must have their "initial_lr", or
    it raises KeyError.
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
                reject(name, "last_epoch", last_epoch, "-1, or groups with an initial_lr", KeyError)
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._initialized = False
        self.step()
        self._initialized = True

    def get_lr(self) -> list[float]:
        """Return each group's learning rate at `last_epoch`; the groups have the previous ones."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """Return the learning rates that the last `step` set."""
        return self._last_lr

    def step(self) -> None:
        """Advance to the next epoch and set its learning rates."""
        self.last_epoch += 1
        for group, lr in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            group["lr"] = lr
        self._last_lr = self._current_lrs()

    def _current_lrs(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return all attributes but the optimizer, which has its own `state_dict`."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the attributes from a `state_dict`."""
        vars(self).update(state_dict)
