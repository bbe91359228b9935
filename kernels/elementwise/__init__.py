"""Two arrays, element by element, with broadcasting: `kernels.elementwise.add` and `multiply`."""

from crosscheck.kernels.elementwise import add, multiply

__all__ = ["add", "multiply"]
