"""Modules that contain modules."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, Self

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public


class _InOrder(Module):
    """Modules with numbers."""

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in modules:
            self.append(module)
        return self

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __getitem__(self, key: int | slice) -> Module:
        """Return one module; for a slice, a container like this one of its modules.

        Raises IndexError or TypeError.
        """
        if isinstance(key, slice):
            return self._of(list(self._modules.items())[key])
        return list(self)[self._position(key)]

    def _position(self, key: int) -> int:
        name, position = type(self).__name__, integer(type(self).__name__, "index", key)
        if not -len(self) <= position < len(self):
            reject(name, "index", key, f"{-len(self)} to {len(self) - 1}", IndexError)
        return position % len(self)

    def _of(self, items: list[tuple[str, Module]]) -> Self:
        """Return a container of these names and modules."""
        raise NotImplementedError


@public
class Sequential(_InOrder):
    """`torch.nn.Sequential`: runs modules in order, given one by one or in an OrderedDict."""

    def __init__(self, *args: Any):
        super().__init__()
        named = args[0] if len(args) == 1 and isinstance(args[0], OrderedDict) else None
        pairs = enumerate(args) if named is None else named.items()
        for name, module in pairs:
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        for module in self:
            input = module(input)
        return input

    def _of(self, items: list[tuple[str, Module]]) -> "Sequential":
        return type(self)(OrderedDict(items))


@public
class ModuleList(_InOrder):
    """`torch.nn.ModuleList`: modules in order, which their owner calls by itself."""

    def __init__(self, modules: Iterable[Module] | None = None):
        super().__init__()
        self.extend(modules or ())

    def insert(self, index: int, module: Module) -> None:
        """Add a module before that of this number."""
        modules = list(self)
        modules.insert(index, module)
        self._modules.clear()
        self.extend(modules)

    def __setitem__(self, index: int, module: Module) -> None:
        self.add_module(str(self._position(index)), module)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList([*self, *other])

    __iadd__ = _InOrder.extend

    def _of(self, items: list[tuple[str, Module]]) -> "ModuleList":
        return ModuleList(module for _, module in items)


@public
class ModuleDict(Module):
    """`torch.nn.ModuleDict`: modules by name, which their owner calls by itself."""

    def __init__(self, modules: Any = None):
        super().__init__()
        self.update(modules or {})

    def update(self, modules: Any) -> None:
        """Add modules from a mapping, or from pairs of a name and a module."""
        for name, module in modules.items() if hasattr(modules, "items") else modules:
            self[name] = module

    def pop(self, key: str) -> Module:
        """Take a module out and return it. Raises KeyError."""
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        return self._modules.items()

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)
