"""In, Out and InOut: whether a launch copies a host array to the device, back, or both."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arguments.device_memory import kernel_argument
from ..machine.layout import POISON


class ArgHint:
    """A host array, or a device array. Device arrays are never copied."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_kernel(self, afterwards: list[Callable]) -> Any:
        """Return what a kernel takes; add copies back to `afterwards`."""
        raise NotImplementedError


class InOut(ArgHint):
    """A kernel reads and writes it, like an array without a hint."""

    def to_kernel(self, afterwards: list[Callable]) -> Any:
        """Return the array itself."""
        return kernel_argument(self.value, afterwards)


class In(InOut):
    """A kernel reads it. What the kernel writes is lost."""

    def to_kernel(self, afterwards: list[Callable]) -> Any:
        """Return a copy of a host array."""
        taken = super().to_kernel(afterwards)
        return np.copy(taken, order="K") if taken is self.value else taken


class Out(InOut):
    """A kernel writes it, and does not see its old values."""

    def to_kernel(self, afterwards: list[Callable]) -> Any:
        """Return new memory, to be copied to a host array after the launch."""
        taken = super().to_kernel(afterwards)
        if taken is not self.value:
            return taken
        output = np.copy(taken, order="K")
        output.reshape(-1, order="A").view(np.uint8)[:] = POISON
        afterwards.append(lambda: np.copyto(self.value, output))
        return output


def wrap_arg(value: Any, default: type = InOut) -> ArgHint:
    """Return the value with a hint: its own, or the default."""
    return value if isinstance(value, ArgHint) else default(value)
