"""Two arrays, element by element, with broadcasting: `kernels.elementwise.add` and `mul`."""

from crosscheck.kernels.elementwise import add, mul

__all__ = ["add", "mul"]
