"""Errors of values that only a kernel looked at, raised without waiting for a GPU.

Such a kernel notes what is wrong in memory of the host that the GPU writes to directly. The next
call that looks reads it there, without waiting, and raises IndexError. `check` waits first. Inside
`synchronous()`, and with CROSSCHECK_SYNCHRONOUS=1 in the environment, every call waits for what it
looks at itself.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array

BLOCKS = 128  # that may look at the same time: each has a row of the notes to itself

_EARLIER = "; an earlier call passed it, and with CROSSCHECK_SYNCHRONOUS=1 that one raises"

_synchronous = ContextVar("synchronous", default=False)


class Kind(NamedTuple):
    """A kind of error: whose argument it is about, and what was expected, `{}` being a bound."""

    op: str
    name: str
    expected: str


class Notes(NamedTuple):
    """A row (kind, value, bound) for every block: kind 0 where nothing is wrong.

    `host` and `device` are the same memory as an array of NumPy and as one that kernels take.
    """

    host: np.ndarray
    device: Array


_kinds: list[Kind] = []
_notes: dict[str, Notes] = {}


def number(kind: Kind) -> int:
    """Return the number by which a kernel notes this kind: at least 1."""
    if kind not in _kinds:
        _kinds.append(kind)
    return 1 + _kinds.index(kind)


def notes(library: ModuleType) -> Array:
    """Return the array (BLOCKS, 3) of int64 that kernels on numpy or cupy write their notes to."""
    if library.__name__ not in _notes:
        _notes[library.__name__] = _allocate(library)
    return _notes[library.__name__].device


def _allocate(library: ModuleType) -> Notes:
    if library is np:
        host = np.zeros((BLOCKS, 3), np.int64)
        return Notes(host, host)
    import cupyx  # comes with CuPy

    host = cupyx.zeros_pinned((BLOCKS, 3), np.int64)  # which every GPU reaches at its address
    memory = library.cuda.UnownedMemory(host.ctypes.data, host.nbytes, host)
    pointer = library.cuda.MemoryPointer(memory, 0)
    return Notes(host, library.ndarray(host.shape, host.dtype, pointer))


def raise_known() -> None:
    """Raise IndexError for what earlier calls are known to have passed; waits for nothing."""
    _raise(_EARLIER)


def looked() -> None:
    """Wait for the kernel that was just launched to look, if that is asked for, and raise."""
    if _synchronous.get() or os.environ.get("CROSSCHECK_SYNCHRONOUS") == "1":
        check()


def check() -> None:
    """Wait for CuPy's current stream, and raise IndexError for what kernels found there."""
    if "cupy" in _notes:
        sys.modules["cupy"].cuda.get_current_stream().synchronize()
    _raise("")


@contextmanager
def synchronous() -> Iterator[None]:
    """Let the calls inside wait for what kernels find, and raise it themselves."""
    token = _synchronous.set(True)
    try:
        yield
    finally:
        _synchronous.reset(token)


def _raise(remark: str) -> None:
    for host, _ in _notes.values():
        wrong = np.flatnonzero(host[:, 0])
        if wrong.size:
            kind, value, bound = (int(each) for each in host[wrong[0]])
            host[:, 0] = 0
            op, name, expected = _kinds[kind - 1]
            reject(op, name, value, expected.format(bound) + remark, IndexError)
