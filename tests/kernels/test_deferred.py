"""When what kernels found is raised; CuPy's pinned memory is played by a stand-in."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck.kernels import deferred
from crosscheck.kernels.deferred import Kind

LOOKUP, GATHER = Kind("lookup", "indices", "rows up to {}"), Kind("gather", "index", "up to {}")


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch):
    monkeypatch.setattr(deferred, "_notes", {})


def note(kind, value, bound, block=3, library=np):
    deferred.notes(library)[block] = deferred.number(kind), value, bound


def test_a_later_call_raises_it_once_and_says_so():
    deferred.raise_known()
    note(LOOKUP, 7, 4)
    message = "^lookup: indices is 7; expected rows up to 4; an earlier call passed it, and with"
    with pytest.raises(IndexError, match=message):
        deferred.raise_known()
    deferred.raise_known()


def test_kinds_are_told_apart():
    for kind, message in ((LOOKUP, "^lookup: indices is 2"), (GATHER, "^gather: index is 2")):
        note(kind, 2, 1)
        with pytest.raises(IndexError, match=message):
            deferred.check()
    assert deferred.number(LOOKUP) == deferred.number(Kind(*LOOKUP)) != deferred.number(GATHER)


def test_a_call_waits_only_if_it_is_asked_to(monkeypatch):
    note(LOOKUP, 7, 4)
    deferred.looked()
    with deferred.synchronous(), pytest.raises(IndexError, match="expected rows up to 4$"):
        deferred.looked()
    note(LOOKUP, 7, 4)
    deferred.looked()
    monkeypatch.setenv("CROSSCHECK_SYNCHRONOUS", "1")
    with pytest.raises(IndexError, match="expected rows up to 4$"):
        deferred.looked()


@pytest.fixture
def cupy(monkeypatch):
    """Install a stand-in for CuPy, whose stream writes what is `pending` when it is waited for."""
    pending = []

    def synchronize():
        while pending:
            pending.pop()()

    def at(shape, dtype, pointer):
        memory, offset = pointer
        host = memory.owner  # keeps the memory alive
        assert (host.ctypes.data, host.nbytes, offset) == (memory.pointer, memory.size, 0)
        return np.ndarray(shape, dtype, host)

    cuda = SimpleNamespace(
        get_current_stream=lambda: SimpleNamespace(synchronize=synchronize),
        UnownedMemory=lambda pointer, size, owner: SimpleNamespace(
            pointer=pointer, size=size, owner=owner
        ),
        MemoryPointer=lambda memory, offset: (memory, offset),
    )
    library = SimpleNamespace(__name__="cupy", cuda=cuda, ndarray=at, pending=pending)
    monkeypatch.setitem(sys.modules, "cupy", library)
    monkeypatch.setitem(sys.modules, "cupyx", SimpleNamespace(zeros_pinned=np.zeros))
    return library


def test_a_gpu_writes_to_memory_of_the_host(cupy):
    note(GATHER, -3, 8, library=cupy)
    assert deferred.notes(cupy) is deferred.notes(cupy)
    with pytest.raises(IndexError, match="^gather: index is -3; expected up to 8; an earlier call"):
        deferred.raise_known()


def test_a_check_waits_for_the_gpu(cupy):
    deferred.notes(cupy)
    cupy.pending.append(lambda: note(GATHER, -3, 8, library=cupy))
    deferred.raise_known()
    with pytest.raises(IndexError, match="^gather: index is -3; expected up to 8$"):
        deferred.check()
