"""Counting the launches of our kernels: a row without one measured something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from crosscheck.kernels.launch import Kernel


class Count:
    """`launches`: how many there were since the start."""

    def __init__(self) -> None:
        self.launches = 0


@contextmanager
def counted() -> Iterator[Count]:
    """Count every launch of a kernel of ours, on either device and any thread."""
    count, launch = Count(), Kernel._launch

    def counting(kernel: Kernel, configuration: tuple, *arguments: Any) -> None:
        launch(kernel, configuration, *arguments)
        count.launches += 1  # after it: what raised has not run

    with mock.patch.object(Kernel, "_launch", counting):
        yield count
