"""A captured step, with a stand-in of CuPy whose graphs run the step again: no GPU is here."""

import sys
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from crosscheck.benchmarks.training import graph


class Stream:
    """Notes what is asked of it in `told`; a graph of its capture calls `again`."""

    def __init__(self, cupy):
        self.cupy, self.told = cupy, cupy.told

    def __enter__(self):
        self.told.append("stream")

    def __exit__(self, *error):
        self.told.append("end of stream")

    def synchronize(self):
        self.told.append("wait")

    def begin_capture(self):
        self.told.append("capture")

    def end_capture(self):
        self.told.append("captured")
        return SimpleNamespace(launch=lambda on: (self.told.append(on), self.cupy.again()))


class Cupy:
    """Stands for the module."""

    def __init__(self):
        self.told, self.again, self.copyto = [], None, np.copyto
        self.cuda = SimpleNamespace(
            MemoryPool=lambda: SimpleNamespace(malloc="its own"),
            Stream=lambda non_blocking: Stream(self),
            using_allocator=self.using_allocator,
            get_current_stream=lambda: "current",
            runtime=SimpleNamespace(deviceSynchronize=lambda: self.told.append("wait")),
        )

    @contextmanager
    def using_allocator(self, malloc):
        self.told.append(f"allocates from {malloc}")
        yield
        self.told.append("allocates as before")


@pytest.fixture
def cupy(monkeypatch):
    made = Cupy()
    monkeypatch.setitem(sys.modules, "cupy", made)
    return made


def test_steps_come_before_the_capture_and_a_replay_reads_the_new_batch(cupy):
    total = np.zeros(1)

    def step(images, classes):
        cupy.told.append("step")
        cupy.again = lambda: np.add(total, images.sum() + classes.sum(), out=total)
        return total

    first = np.ones((2, 3)), np.ones(2)
    replay = graph.captured(step, first)
    assert cupy.told == [
        *("wait", "stream", "step", "step", "step", "wait"),
        *("allocates from its own", "capture", "step", "captured"),
        *("allocates as before", "end of stream"),
    ]
    assert replay(np.full((2, 3), 2.0), np.zeros(2)) is total and total[0] == 12
    assert replay(np.zeros((2, 3)), np.full(2, 5.0))[0] == 22
    assert cupy.told[-2:] == ["current", "current"] and first[0].sum() == 6


def test_a_step_that_fails_ends_the_capture(cupy):
    def step(images, classes):
        if cupy.told[-1] == "capture":
            raise RuntimeError("operation not permitted when stream is capturing")

    with pytest.raises(RuntimeError, match="not permitted"):
        graph.captured(step, (np.zeros(1), np.zeros(1)))
    assert cupy.told[-1] == "end of stream" and "captured" in cupy.told
