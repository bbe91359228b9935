"""The base class of all modules: its attributes are parameters, buffers and other modules.

`nn.modules.tree` finds them by their paths, `nn.modules.hooks` calls `forward`, and
`nn.modules.state` has `state_dict` and `load_state_dict`.
"""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.dtypes import bfloat16, is_floating
from crosscheck.nn.devices import device_and_dtype, moved
from crosscheck.nn.modules.hooks import Hooks
from crosscheck.nn.modules.parameter import Parameter
from crosscheck.nn.modules.state import State
from crosscheck.nn.modules.tree import Tree
from crosscheck.nn.optim.optimizer import zero_grad
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Module(Hooks, State, Tree):
    """`torch.nn.Module`: a subclass creates its parts in `__init__` and defines `forward`.

    training  whether dropout drops and batch norm uses the batch; set by `train` and `eval`
    """

    def __init__(self) -> None:
        super().__init__()
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "_non_persistent_buffers", set())  # names: not in state_dict
        self.training = True

    def __setattr__(self, name: str, value: Any) -> None:
        if "_modules" not in self.__dict__:
            kind = type(self).__name__
            raise AttributeError(f"{kind}: call super().__init__() before setting {name!r}")
        current = self._table_with(name)
        if isinstance(value, (Parameter, Module)):
            target = self._parameters if isinstance(value, Parameter) else self._modules
            for table in (self.__dict__, self._parameters, self._buffers, self._modules):
                if table is not target:  # an attribute that is replaced keeps its place in order
                    table.pop(name, None)
            self._non_persistent_buffers.discard(name)
            target[name] = value
        elif current is None:
            object.__setattr__(self, name, value)
        elif value is None or (current is self._buffers and isinstance(value, Tensor)):
            current[name] = value
        else:
            expected = "a Tensor" if current is self._buffers else "a Parameter or a Module"
            reject(
                type(self).__name__, name, type(value).__name__, f"{expected}, or None", TypeError
            )

    def __getattr__(self, name: str) -> Any:  # called only where there is no plain attribute
        table = self._table_with(name) if "_modules" in self.__dict__ else None
        if table is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return table[name]

    def __delattr__(self, name: str) -> None:
        table = self._table_with(name)
        if table is None:
            object.__delattr__(self, name)
        else:
            del table[name]
            self._non_persistent_buffers.discard(name)

    def _table_with(self, name: str) -> dict[str, Any] | None:
        """Return the table that has this attribute, or None for a plain attribute."""
        tables = self._parameters, self._buffers, self._modules
        return next((table for table in tables if name in table), None)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None stands for an optional one that is left out."""
        self._register(name, param, Parameter, self._parameters)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the model's state but is not learnt.

        With persistent=False, `state_dict` leaves it out.
        """
        self._register(name, tensor, Tensor, self._buffers)
        if persistent:
            self._non_persistent_buffers.discard(name)
        else:
            self._non_persistent_buffers.add(name)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Add a module; its name need not be an identifier, but has no dot."""
        self._register(name, module, Module, self._modules)

    def register_module(self, name: str, module: "Module | None") -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _register(self, name: str, value: Any, kind: type, table: dict[str, Any]) -> None:
        """Add `value` to `table`. Raises ValueError, TypeError, or KeyError for a name in use."""
        op = type(self).__name__
        if not isinstance(name, str) or "." in name or not name:
            reject(op, "name", name, "a string without a dot")
        if hasattr(self, name) and name not in table:
            reject(op, "name", name, "a name not yet in use", KeyError)
        if value is not None and not isinstance(value, kind):
            reject(op, name, type(value).__name__, f"a {kind.__name__} or None", TypeError)
        table[name] = value

    def forward(self, *inputs: Any) -> Any:
        """Compute the output. Call the module itself instead, so that its hooks run."""
        raise NotImplementedError(f"{type(self).__name__}: forward is not defined")

    def train(self, mode: bool = True) -> Self:
        """Set `training` of this module and of every module inside. Raises ValueError."""
        if not isinstance(mode, bool):
            reject(type(self).__name__, "mode", mode, "True or False")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad` of every parameter: False freezes them."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; with set_to_none=False, to zeros."""
        for parameter in self.parameters():
            zero_grad(parameter, set_to_none)

    def apply(self, fn: Callable[["Module"], Any]) -> Self:
        """Call `fn` with every module inside, then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def to(self, device: str | None = None, dtype: Any = None, non_blocking: bool = False) -> Self:
        """Move parameters and buffers to "cpu" or "cuda", and convert floating ones to `dtype`.

        The tensors stay the same objects, with new arrays; their gradients become None. A dtype may
        be given in place of the device. Raises ValueError for another device, ImportError for
        "cuda" without CuPy; then nothing has changed.
        """
        device, dtype = device_and_dtype(device, dtype)
        for tensor in (*self.parameters(), *self.buffers()):
            converted = dtype if is_floating(tensor.dtype) else None
            tensor.array = moved(type(self).__name__, tensor.array, device, converted)
            tensor.grad = None
        return self

    def cpu(self) -> Self:
        return self.to("cpu")

    def cuda(self, device: str | None = None) -> Self:
        return self.to("cuda")

    def float(self) -> Self:
        return self.to(dtype=np.float32)

    def half(self) -> Self:
        return self.to(dtype=np.float16)

    def bfloat16(self) -> Self:
        return self.to(dtype=bfloat16)

    def double(self) -> Self:
        return self.to(dtype=np.float64)

    def extra_repr(self) -> str:
        """Return the module's own arguments as `repr` shows them."""
        return ""

    def __repr__(self) -> str:
        arguments = self.extra_repr()
        lines = [f"({name}): {module!r}" for name, module in self._modules.items()]
        name = type(self).__name__
        if not lines:
            return f"{name}({arguments})"
        text = "\n".join([arguments, *lines] if arguments else lines).replace("\n", "\n  ")
        return f"{name}(\n  {text}\n)"
