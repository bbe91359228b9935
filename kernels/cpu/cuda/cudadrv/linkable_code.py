"""Code for a GPU's linker. The CPU device cannot use it: `link=` raises NotImplementedError."""

from typing import Any


class LinkableCode:
    """Code for a GPU's linker."""

    def __init__(self, data: Any, name: str | None = None, **settings: Any) -> None:
        self.data, self.name = data, name or type(self).__name__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Archive(LinkableCode):
    """An archive of objects."""


class CUSource(LinkableCode):
    """Source in CUDA C++."""


class Cubin(LinkableCode):
    """Machine code for one GPU."""


class Fatbin(LinkableCode):
    """Machine code for several GPUs."""


class LTOIR(LinkableCode):
    """Code for optimization at link time."""


class Object(LinkableCode):
    """An object file."""


class PTXSource(LinkableCode):
    """Source in PTX."""
