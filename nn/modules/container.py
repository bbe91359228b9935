"""Modules that contain modules."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public


@public
class Sequential(Module):
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

    def append(self, module: Module) -> "Sequential":
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __getitem__(self, key: int | slice) -> Module:
        """Return one module; for a slice, a Sequential of its modules under the same names.

        Raises IndexError or TypeError.
        """
        if isinstance(key, slice):
            return type(self)(OrderedDict(list(self._modules.items())[key]))
        position = integer("Sequential", "index", key)
        if not -len(self) <= position < len(self):
            reject("Sequential", "index", key, f"{-len(self)} to {len(self) - 1}", IndexError)
        return list(self)[position]
