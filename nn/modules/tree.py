"""The tree of modules: iterating over it, and lookup by a path such as "features.0.weight"."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crosscheck.kernels.arguments import reject
from crosscheck.nn.modules.parameter import Parameter
from crosscheck.nn.tensor import Tensor

if TYPE_CHECKING:
    from crosscheck.nn.modules.module import Module


class Tree:
    """The part of `Module` that iterates over what is inside.

    A module or tensor that is there twice is yielded once, under its first name, unless
    remove_duplicate=False.
    """

    def named_modules(
        self, memo: "set[Module] | None" = None, prefix: str = "", remove_duplicate: bool = True
    ) -> "Iterator[tuple[str, Module]]":
        """Yield (path, module) for this module and all inside, except those in `memo`."""
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)
            yield prefix, self
            for name, module in self._modules.items():
                if module is not None:
                    path = f"{prefix}.{name}" if prefix else name
                    yield from module.named_modules(memo, path, remove_duplicate)

    def modules(self) -> "Iterator[Module]":
        return (module for _, module in self.named_modules())

    def named_children(self) -> "Iterator[tuple[str, Module]]":
        """Yield (name, module) for the modules directly inside."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> "Iterator[Module]":
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield (path, parameter) for every parameter."""
        return self._members("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield (path, buffer) for every buffer."""
        return self._members("_buffers", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _members(
        self, table: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        named_modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        for path, module in named_modules if recurse else [(prefix, self)]:
            for name, tensor in getattr(module, table).items():
                if tensor is not None and tensor not in seen:
                    if remove_duplicate:
                        seen.add(tensor)
                    yield f"{path}.{name}" if path else name, tensor

    def get_submodule(self, target: str) -> "Module":
        """Return the module at a path; "" is this one. Raises AttributeError."""
        module = self
        for name in target.split(".") if target else ():
            if module._modules.get(name) is None:
                expected = "the path of a module inside"
                reject(type(self).__name__, "target", target, expected, AttributeError)
            module = module._modules[name]
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter at a path. Raises AttributeError."""
        return self._member("_parameters", target, "a parameter")

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer at a path. Raises AttributeError."""
        return self._member("_buffers", target, "a buffer")

    def _member(self, table: str, target: str, what: str) -> Any:
        path, _, name = target.rpartition(".")
        tensor = getattr(self.get_submodule(path), table).get(name)
        if tensor is None:
            reject(type(self).__name__, "target", target, f"the path of {what}", AttributeError)
        return tensor
