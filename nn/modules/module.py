"""What all modules share: parameters, buffers and modules as attributes, and what befalls them all.

`nn.modules.tree` finds them by their paths, `nn.modules.hooks` calls the module, and
`nn.modules.state` has `state_dict` and `load_state_dict`.
"""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.nn.modules.hooks import Hooks
from crosscheck.nn.modules.parameter import Parameter, library
from crosscheck.nn.modules.state import State
from crosscheck.nn.modules.tree import Tree
from crosscheck.nn.optim.optimizer import zero_grad
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Module(Hooks, State, Tree):
    """A part of a model, as `torch.nn.Module`: a subclass makes its parts and says `forward`.

    training  whether dropout drops and batch norm learns: see `train` and `eval`
    """

    def __init__(self) -> None:
        super().__init__()
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "_transient", set())  # names of the buffers that are not saved
        self.training = True

    def __setattr__(self, name: str, value: Any) -> None:
        if "_modules" not in self.__dict__:
            kind = type(self).__name__
            raise AttributeError(f"{kind}: call super().__init__() before setting {name!r}")
        home = self._home(name)
        if isinstance(value, (Parameter, Module)):
            own = self._parameters if isinstance(value, Parameter) else self._modules
            for table in (self.__dict__, self._parameters, self._buffers, self._modules):
                if table is not own:  # where it already was, it keeps its place
                    table.pop(name, None)
            own[name] = value
        elif home is None:
            object.__setattr__(self, name, value)
        elif value is None or (home is self._buffers and isinstance(value, Tensor)):
            home[name] = value
        else:
            expected = "a Tensor" if home is self._buffers else "a Parameter or a Module"
            reject(
                type(self).__name__, name, type(value).__name__, f"{expected}, or None", TypeError
            )

    def __getattr__(self, name: str) -> Any:  # only where there is no plain attribute
        home = self._home(name) if "_modules" in self.__dict__ else None
        if home is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return home[name]

    def __delattr__(self, name: str) -> None:
        home = self._home(name)
        if home is None:
            object.__delattr__(self, name)
        else:
            del home[name]

    def _home(self, name: str) -> dict[str, Any] | None:
        tables = self._parameters, self._buffers, self._modules
        return next((table for table in tables if name in table), None)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None keeps its place for a module that does without."""
        self._new(name, param, Parameter, self._parameters)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is no parameter but belongs to the model's state."""
        self._new(name, tensor, Tensor, self._buffers)
        if not persistent:
            self._transient.add(name)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Add a module under a name that need not be an identifier."""
        self._new(name, module, Module, self._modules)

    def register_module(self, name: str, module: "Module | None") -> None:
        """As `add_module`."""
        self.add_module(name, module)

    def _new(self, name: str, value: Any, kind: type, table: dict[str, Any]) -> None:
        op = type(self).__name__
        if not isinstance(name, str) or "." in name or not name:
            reject(op, "name", name, "a string without a dot")
        if hasattr(self, name) and name not in table:
            reject(op, "name", name, "a name that is still free", KeyError)
        if value is not None and not isinstance(value, kind):
            reject(op, name, type(value).__name__, f"a {kind.__name__} or None", TypeError)
        table[name] = value

    def forward(self, *inputs: Any) -> Any:
        """Compute the output. Call the module itself instead."""
        raise NotImplementedError(f"{type(self).__name__}: forward is not defined")

    def train(self, mode: bool = True) -> Self:
        """Say whether this module and all inside are being trained."""
        if not isinstance(mode, bool):
            reject(type(self).__name__, "mode", mode, "True or False")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether the parameters want gradients: False freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters; with set_to_none=False, make them zeros."""
        for parameter in self.parameters():
            zero_grad(parameter, set_to_none)

    def apply(self, fn: Callable[["Module"], Any]) -> Self:
        """Call fn with every module inside, then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, device: str | None = None, dtype: Any = None) -> Self:
        """Bring parameters and buffers, in place, to "cpu" or "cuda", and floats to `dtype`.

        Gradients are dropped. A dtype may stand in the place of the device.
        """
        if device is not None and not isinstance(device, str):
            device, dtype = None, device
        for tensor in (*self.parameters(), *self.buffers()):
            array = tensor.array if device in (None, tensor.device) else tensor.numpy()
            kept = array.dtype if dtype is None or array.dtype.kind != "f" else np.dtype(dtype)
            tensor.array = library(device or tensor.device).asarray(array, kept)
            tensor.grad = None
        return self

    def cpu(self) -> Self:
        return self.to("cpu")

    def cuda(self) -> Self:
        return self.to("cuda")

    def float(self) -> Self:
        return self.to(dtype=np.float32)

    def double(self) -> Self:
        return self.to(dtype=np.float64)

    def extra_repr(self) -> str:
        """Say the module's own arguments, for `repr`."""
        return ""

    def __repr__(self) -> str:
        own = self.extra_repr()
        lines = [f"({name}): {module!r}" for name, module in self._modules.items()]
        name = type(self).__name__
        if not lines:
            return f"{name}({own})"
        text = "\n".join([own, *lines] if own else lines).replace("\n", "\n  ")
        return f"{name}(\n  {text}\n)"
