"""RMSprop, Adadelta, Adagrad and NAdam: their steps are rules, see `kernels.optimizer.rule`."""

from typing import Any, ClassVar

from crosscheck.kernels.optimizer import nadam
from crosscheck.kernels.optimizer.adadelta import ADADELTA
from crosscheck.kernels.optimizer.adagrad import ADAGRAD
from crosscheck.kernels.optimizer.nadam import NADAM
from crosscheck.kernels.optimizer.rmsprop import RMSPROP
from crosscheck.kernels.optimizer.rule import Rule
from crosscheck.nn.optim.optimizer import Optimizer, Parameters, algorithm, state_of
from crosscheck.nn.tensor import Tensor


class RuleOptimizer(Optimizer):
    """An optimizer whose options are those of its rule's step, but for COUNTED.

    COUNTED are the numbers of a parameter's state that the step reads.
    """

    RULE: ClassVar[Rule]
    COUNTED: ClassVar[tuple[str, ...]] = ()

    def _state_of(self, group: dict[str, Any]) -> tuple[str, ...]:
        """Return the names of the arrays of state that these options need."""
        return self.RULE.state

    def _options(self, group: dict[str, Any]) -> dict[str, Any]:
        return {name: group[name] for name in self.defaults}

    def _check(self, group: dict[str, Any]) -> None:
        self.RULE.numbers(self._name, list(self._state_of(group)), **self._options(group))

    def _next(self, state: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
        """Return the numbers of the state as the next step reads them."""
        return {"step": state.get("step", 0) + 1}

    def _after(self, numbers: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
        """Return the numbers of the state after that step."""
        return numbers

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        alike: dict[tuple, list[Tensor]] = {}
        for each in parameters:
            numbers = self._next(self.state[each], group)
            alike.setdefault(tuple(numbers.items()), []).append(each)
        for numbers, some in alike.items():
            numbers = dict(numbers)
            arrays = {"parameter": [each.array for each in some]}
            arrays["gradient"] = [each.grad.array for each in some]
            arrays |= {name: self._arrays(some, name) for name in self._state_of(group)}
            arrays["master"] = self._masters(some)
            counted = {name: numbers[name] for name in self.COUNTED}
            self.RULE.foreach_step(arrays, self._algorithm, **counted, **self._options(group))
            for each in some:
                self.state[each].update(self._after(numbers, group))


class RMSprop(RuleOptimizer):
    """`torch.optim.RMSprop`; `kernels.optimizer.rmsprop` has the formulas."""

    RULE = RMSPROP

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        modes = dict(capturable=capturable, differentiable=differentiable)
        defaults = dict(
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )
        super().__init__(params, defaults, algorithm("RMSprop", foreach, None, **modes))

    def _state_of(self, group: dict[str, Any]) -> tuple[str, ...]:
        wanted = True, group["momentum"] != 0, group["centered"]
        return tuple(name for name, each in zip(RMSPROP.state, wanted, strict=True) if each)


class Adadelta(RuleOptimizer):
    """`torch.optim.Adadelta`; `kernels.optimizer.adadelta` has the formulas."""

    RULE = ADADELTA

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        modes = dict(capturable=capturable, differentiable=differentiable)
        defaults = dict(lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize)
        super().__init__(params, defaults, algorithm("Adadelta", foreach, None, **modes))


class Adagrad(RuleOptimizer):
    """`torch.optim.Adagrad`; `kernels.optimizer.adagrad` has the formulas.

    The sum starts with `initial_accumulator_value`, at a parameter's first step.
    """

    RULE, COUNTED = ADAGRAD, ("step",)

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        defaults = dict(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )
        modes = dict(differentiable=differentiable)
        super().__init__(params, defaults, algorithm("Adagrad", foreach, fused, **modes))

    def _options(self, group: dict[str, Any]) -> dict[str, Any]:
        names = (name for name in self.defaults if name != "initial_accumulator_value")
        return {name: group[name] for name in names}

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        start = group["initial_accumulator_value"]
        for each in parameters:
            if "sum" not in self.state[each]:
                self.state[each]["sum"] = state_of(each, start)
        super()._update(parameters, group)


class NAdam(RuleOptimizer):
    """`torch.optim.NAdam`; `kernels.optimizer.nadam` has the formulas."""

    RULE, COUNTED = NADAM, ("step", "mu_product")

    def __init__(
        self,
        params: Parameters,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        modes = dict(capturable=capturable, differentiable=differentiable)
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )
        super().__init__(params, defaults, algorithm("NAdam", foreach, None, **modes))

    def _next(self, state: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
        return super()._next(state, group) | {"mu_product": state.get("mu_product", 1.0)}

    def _after(self, numbers: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
        mu = nadam.momentum(numbers["step"], group["betas"][0], group["momentum_decay"])
        return numbers | {"mu_product": numbers["mu_product"] * mu}
