"""The base class of all optimizers: parameter groups, and state that can be saved and loaded."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import reject, shape
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.dtypes import SHORT, computed
from crosscheck.kernels.elementwise.cast import cast
from crosscheck.nn.tensor import Tensor

Parameters = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


class Optimizer:
    """Updates parameters from their `.grad`; a subclass implements `_update` and `_check`.

    param_groups  dicts of "params", a list of tensors, and the options of these parameters
    state         a dict for each parameter: tensors of its shape, such as the momentum, and "step".
                  They are float32 for parameters of 16 bits, which have a "master" there, too: the
                  parameter in float32, to which steps are added, so that small ones are not lost
    defaults      the options of a group that does not set its own
    """

    def __init__(self, params: Parameters, defaults: dict[str, Any], algorithm: str | None = None):
        """`algorithm` is that of the kernels' steps."""
        self._algorithm = algorithm
        if isinstance(params, Tensor):
            reject(self._name, "params", "a Tensor", "an iterable of tensors or dicts", TypeError)
        groups = list(params)
        if not groups:
            reject(self._name, "params", groups, "at least one parameter")
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._written: dict[Tensor, tuple[Array, int]] = {}  # what it last wrote, and its version
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    @property
    def _name(self) -> str:
        return type(self).__name__

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: a dict of "params", tensors or (name, tensor) pairs, and its options.

        Raises TypeError or ValueError for anything else, ValueError for a parameter given twice.
        """
        if not isinstance(param_group, dict):
            reject(self._name, "param_group", param_group, "a dict", TypeError)
        params = param_group["params"]
        if isinstance(params, set):
            reject(self._name, "params", "a set", "a list: a set has no order", TypeError)
        params = [params] if isinstance(params, Tensor) else list(params)
        names = [item[0] for item in params if isinstance(item, tuple)]
        params = [item[1] if isinstance(item, tuple) else item for item in params]
        for param in params:
            if not isinstance(param, Tensor):
                reject(self._name, "params", type(param).__name__, "tensors", TypeError)
            if not param.is_leaf:
                reject(self._name, "params", str(param.grad_fn), "leaf tensors")
        if names and len(names) != len(params):
            reject(self._name, "params", f"{len(names)} names", "a name for each or for none")
        present = {param for group in self.param_groups for param in group["params"]}
        if not present.isdisjoint(params) or len(set(params)) != len(params):
            reject(self._name, "params", "a parameter given twice", "each parameter once")
        group = {**self.defaults, **param_group, "params": params}
        self._check(group)
        self.param_groups.append({**group, "param_names": names} if names else group)

    def _check(self, group: dict[str, Any]) -> None:
        """Raise ValueError or TypeError for options that are out of range."""
        raise NotImplementedError

    def _update(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        """Update parameters of a group, all of which have a gradient, and their state."""
        raise NotImplementedError

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Call `closure`, update the parameters that have a gradient, return closure's result."""
        loss = None if closure is None else closure()
        for group in self.param_groups:
            present = [each for each in group["params"] if each.grad is not None]
            for short in (False, True):
                some = [each for each in present if (each.dtype.type in SHORT) == short]
                self._update(some, group)
                for parameter in some:
                    parameter.memory.version += 1
                    if short:
                        self._written[parameter] = parameter.array, parameter.memory.version
        return loss

    def _masters(self, parameters: list[Tensor]) -> list[Array] | None:
        """Return the float32 masters of parameters of 16 bits, None for others.

        Where something else wrote to a parameter since the last step, such as `load_state_dict`, an
        element counts that is no longer its master rounded. (What writes to the array itself goes
        unnoticed: see `nn.tape`.)
        """
        if not parameters or parameters[0].dtype.type not in SHORT:
            return None
        for each in parameters:
            state, master = self.state[each], self.state[each].get("master")
            array, version = self._written.get(each, (None, None))
            if master is None:
                state["master"] = Tensor(cast(each.array, np.float32))
            elif array is not each.array or version != each.memory.version:
                differs = cast(master.array, each.dtype) != each.array
                now = cast(each.array, np.float32)
                master.array[...] = namespace(now).where(differs, now, master.array)
        return [self.state[each]["master"].array for each in parameters]

    def _arrays(self, parameters: list[Tensor], name: str) -> list[Array]:
        """Return the parameters' arrays of this name in their state, zeros where there is none.

        They have the dtype in which the step computes: float32 for parameters of 16 bits, too.
        """
        for parameter in parameters:
            if name not in self.state[parameter]:
                self.state[parameter][name] = state_of(parameter, 0)
        return [self.state[parameter][name].array for parameter in parameters]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients to None; with set_to_none=False, to zeros."""
        for group in self.param_groups:
            for parameter in group["params"]:
                zero_grad(parameter, set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Return {"state": {number: state}, "param_groups": ...}; a number stands for a parameter.

        The tensors are shared with the optimizer: its next step changes them.
        """
        params = [param for group in self.param_groups for param in group["params"]]
        number = {param: i for i, param in enumerate(params)}
        groups = [
            {**group, "params": [number[param] for param in group["params"]]}
            for group in self.param_groups
        ]
        state = {number[param]: values for param, values in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load the options, and a copy of the state on the parameters' device, in the dtype in
        which the step computes.

        Raises ValueError where groups or shapes differ; nothing has changed then.
        """
        saved = deepcopy(state_dict["param_groups"])
        sizes = [len(group["params"]) for group in self.param_groups]
        saved_sizes = [len(group["params"]) for group in saved]
        if saved_sizes != sizes:
            reject(self._name, "sizes of param_groups", saved_sizes, str(sizes))
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for group, saved_group in zip(self.param_groups, saved, strict=True):
            for param, number in zip(group["params"], saved_group["params"], strict=True):
                values = state_dict["state"].get(number)
                if values is not None:
                    state[param] = {key: self._copy(key, v, param) for key, v in values.items()}
            saved_group["params"] = group["params"]
        for group in saved:
            self._check(group)
        self.param_groups, self.state = saved, state

    def _copy(self, key: str, value: Any, parameter: Tensor) -> Any:
        if not isinstance(value, Tensor):
            return value
        shape(self._name, key, value, parameter.shape)
        array = value.numpy() if parameter.device == "cpu" else value.array
        return Tensor(namespace(parameter.array).array(array, computed(parameter.dtype)))

    def __repr__(self) -> str:
        lines = []
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return f"{self._name} (\n" + "\n".join(lines) + "\n)"


def zero_grad(parameter: Tensor, set_to_none: bool) -> None:
    """Set a parameter's gradient to None, or to zeros."""
    if set_to_none or parameter.grad is None:
        parameter.grad = None
    else:
        parameter.grad = zeros_like(parameter.grad)


def zeros_like(tensor: Tensor) -> Tensor:
    return Tensor(namespace(tensor.array).zeros_like(tensor.array))


def state_of(parameter: Tensor, value: float) -> Tensor:
    """Return an array of state for a parameter, in its memory order, that starts at `value`."""
    array, dtype = parameter.array, computed(parameter.dtype)
    return Tensor(namespace(array).full_like(array, value, dtype))


def algorithm(op: str, foreach: bool | None, fused: bool | None, **modes: bool) -> str | None:
    """Return the algorithm of the kernels that these arguments of an optimizer choose.

    They choose between PyTorch's implementations of the same step. Here all of these are fused, so
    either is one launch for a list of parameters, where it is True. `foreach=False` is a launch for
    each, and else the device decides. Raises RuntimeError where both are True, as PyTorch does, and
    NotImplementedError for another mode that is True: no step can be recorded or replayed.
    """
    if foreach and fused:
        reject(op, "fused", fused, "None or False where foreach is True", RuntimeError)
    for name, value in modes.items():
        if value:
            reject(op, name, value, "False", NotImplementedError)
    if foreach or fused:
        return "foreach"
    return "direct" if foreach is False else None
