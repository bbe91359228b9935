"""Schedulers that multiply: at every step, at milestones, or by a function of the epoch."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.nn.optim.optimizer import Optimizer
from crosscheck.nn.optim.scheduler import LRScheduler

Factor = Callable[[int], float]


class ExponentialLR(LRScheduler):
    """Multiply the learning rate by `gamma` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if not self._initialized:
            return self._current_lrs()
        return [lr * self.gamma for lr in self._current_lrs()]


class MultiStepLR(LRScheduler):
    """Multiply the learning rate by `gamma` at each milestone, twice where it is named twice."""

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ):
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        times = self.milestones[self.last_epoch]
        return [lr * self.gamma**times if times else lr for lr in self._current_lrs()]


class LambdaLR(LRScheduler):
    """Multiply the initial learning rate by a function of the epoch, or by one for each group."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ):
        groups = optimizer.param_groups if isinstance(optimizer, Optimizer) else []
        is_list = isinstance(lr_lambda, (list, tuple))
        self.lr_lambdas = list(lr_lambda) if is_list else [lr_lambda] * len(groups)
        if groups and len(self.lr_lambdas) != len(groups):
            expected = f"one function, or one for each of {len(groups)} groups"
            reject("LambdaLR", "the number of lr_lambda", len(self.lr_lambdas), expected)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * factor(self.last_epoch) for base, factor in pairs]

    def state_dict(self) -> dict[str, Any]:
        """Return all attributes but the optimizer; of the functions what objects hold, as they
        cannot be saved themselves.
        """
        held = [
            None if isinstance(each, FunctionType) else dict(vars(each)) for each in self.lr_lambdas
        ]
        return super().state_dict() | {"lr_lambdas": held}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the attributes from a `state_dict`; the functions are those given here."""
        rest = {name: value for name, value in state_dict.items() if name != "lr_lambdas"}
        super().load_state_dict(rest)
        for each, held in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if held is not None:
                vars(each).update(held)
