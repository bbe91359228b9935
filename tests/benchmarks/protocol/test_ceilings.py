"""The rates of this machine, and that the kernels for them do what is counted."""

import numpy as np
import pytest

from crosscheck.benchmarks.protocol import ceilings, device


def test_a_cpu_has_both_rates(monkeypatch):
    monkeypatch.setitem(ceilings.COPIED, "cpu", (2**14,))
    found = ceilings.measure(device.of("cpu"), "float32")
    assert set(found) == {"copy", "FFMA"}
    assert 1e8 < found["copy"] < 1e13 and 1e8 < found["FFMA"] < 1e14


@pytest.mark.parametrize("rounds", [1, 3])
def test_each_thread_makes_every_multiply_add(rounds):
    x, y = np.asarray([0.5, 1.0], np.float32), np.empty(300, np.float32)
    ceilings.ffma_kernel.forall(y.size)(x, y, rounds)
    from_zero, from_one = 0.0, 1.0
    for _ in range(rounds):
        from_zero, from_one = from_zero / 2 + 1, from_one / 2 + 1
    assert (y == 8 * (from_zero + from_one)).all()


def test_a_copy_copies():
    x, y = np.arange(300, dtype=np.float32), np.empty(300, np.float32)
    ceilings.copy_kernel.forall(x.size)(x, y)
    assert (x == y).all()
