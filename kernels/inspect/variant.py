"""A variant of a kernel: what names a line of the record."""

from typing import NamedTuple


class Variant(NamedTuple):
    """A kernel as it is compiled, for an architecture, a dtype and the bits of an index."""

    kernel: str
    arch: str
    dtype: str
    index: int

    def __str__(self) -> str:
        return f"{self.kernel} ({self.dtype}, {self.index}-bit indices, {self.arch})"
