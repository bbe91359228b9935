"""Counting launches of kernels: ours, and those that a user wrote for numba.cuda.

A row of ours without one measured something else. A user's function may be PyTorch's, and launch
none; but where the call that is checked launches one, every call that is timed has to.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

from crosscheck.kernels.cpu.launch.dispatcher import Dispatcher
from crosscheck.kernels.gpu import cuda
from crosscheck.kernels.launch import Kernel

# Ours on either device; numba.cuda's on the CPU device; numba.cuda's on a GPU (not run on one).
LAUNCHES = (Kernel, "_launch"), (Dispatcher, "launch"), (cuda.dispatcher.CUDADispatcher, "call")


class Count:
    """`launches`: how many there were since the start; one of ours on a CPU counts as two."""

    def __init__(self) -> None:
        self.launches = 0


@contextmanager
def counted() -> Iterator[Count]:
    """Count every launch of a kernel, on either device and any thread."""
    count = Count()
    with ExitStack() as stack:
        for owner, name in LAUNCHES:
            counting = _counting(getattr(owner, name), count)
            stack.enter_context(mock.patch.object(owner, name, counting))
        yield count


def _counting(launch: Callable[..., Any], count: Count) -> Callable[..., Any]:
    @wraps(launch)
    def counting(*arguments: Any) -> Any:
        result = launch(*arguments)
        count.launches += 1  # after it: what raised has not run
        return result

    return counting
