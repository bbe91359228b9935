"""What numba has registered: it grows while kernels compile, as functions get types of their own.

numba refreshes its contexts before it looks a function up, and then walks through every list to
find nothing new. To compare how many there are instead saves a sixth of a compilation.
"""

from typing import Any


def count(context: Any) -> int:
    """Return how many registrations a context's registries hold, installed or not."""
    return sum(
        len(getattr(registry, name))
        for registry, loader in context._registries.items()
        for name in loader.registry_items
    )
