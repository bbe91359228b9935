"""Two arrays, element by element, with broadcasting: `kernels.elementwise.add` and `multiply`."""

from kernels.elementwise import add, multiply

__all__ = ["add", "multiply"]
