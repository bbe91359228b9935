"""Adam."""

from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.optimizer import adam, adamw
from crosscheck.kernels.optimizer.operands import scalar
from crosscheck.nn.optim.optimizer import Optimizer, Parameters, algorithm
from crosscheck.nn.tensor import Tensor


class Adam(Optimizer):
    """`torch.optim.Adam`; `kernels.optimizer.adam` has the formulas."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ):
        modes = dict(capturable=capturable, differentiable=differentiable)
        chosen = algorithm(self._name, foreach, fused, **modes)
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, chosen)

    def _check(self, group: dict[str, Any]) -> None:
        for name in ("lr", "eps", "weight_decay"):
            scalar(self._name, name, group[name])
        if not isinstance(group["betas"], (tuple, list)) or len(group["betas"]) != 2:
            reject(self._name, "betas", group["betas"], "a pair of numbers")
        for beta in group["betas"]:
            scalar(self._name, "betas", beta, 1.0)

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        rule = adamw if group["decoupled_weight_decay"] else adam
        options = {name: group[name] for name in ("lr", "betas", "eps", "weight_decay", "maximize")}
        steps = [self.state[each].get("step", 0) + 1 for each in parameters]
        for step in dict.fromkeys(steps):
            some = [each for each, own in zip(parameters, steps, strict=True) if own == step]
            rule.foreach_step(
                [each.array for each in some],
                [each.grad.array for each in some],
                self._arrays(some, "exp_avg"),
                self._arrays(some, "exp_avg_sq"),
                self._arrays(some, "max_exp_avg_sq") if group["amsgrad"] else None,
                self._masters(some),
                step=step,
                algorithm=self._algorithm,
                **options,
            )
            for each in some:
                self.state[each]["step"] = step
