"""Stochastic gradient descent."""

from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.optimizer import sgd
from crosscheck.kernels.optimizer.operands import scalar
from crosscheck.nn.optim.optimizer import Optimizer, Parameters, algorithm
from crosscheck.nn.tensor import Tensor


class SGD(Optimizer):
    """`torch.optim.SGD`; `kernels.optimizer.sgd` has the formulas."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        chosen = algorithm("SGD", foreach, fused, differentiable=differentiable)
        defaults = dict(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )
        super().__init__(params, defaults, chosen)

    def _check(self, group: dict[str, Any]) -> None:
        for name in ("lr", "momentum", "weight_decay"):
            scalar("SGD", name, group[name])
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            reject("SGD", "nesterov", True, "False without momentum, or with dampening")

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        options = {name: group[name] for name in self.defaults}
        are_first = ["momentum_buffer" not in self.state[each] for each in parameters]
        for first in (True, False):
            some = [each for each, own in zip(parameters, are_first, strict=True) if own == first]
            sgd.foreach_step(
                [each.array for each in some],
                [each.grad.array for each in some],
                self._arrays(some, "momentum_buffer") if group["momentum"] else None,
                self._masters(some),
                first=first,
                algorithm=self._algorithm,
                **options,
            )
