"""The cost of waiting is measured, with kernels whose results are checked."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.benchmarks.cpu_device import waiting
from crosscheck.kernels.cpu import jit


@pytest.mark.parametrize("kernel", [waiting.barriers, waiting.shuffles])
def test_a_round_costs_nanoseconds(kernel):
    assert 0 < waiting.nanoseconds(kernel, threads=64) < 2000


def test_every_value_returns_to_its_lane_after_an_even_number_of_shuffles():
    for rounds, moved in ((2, 0), (3, 1)):
        out = np.empty(32, np.int64)
        jit(waiting.shuffles)[1, 32](rounds, out)
        assert (out == np.arange(32) ^ moved).all()


def test_a_wrong_kernel_is_not_timed():
    def forgets(rounds, out):
        if cuda.threadIdx.x > 0:
            out[cuda.threadIdx.x] = cuda.threadIdx.x

    with pytest.raises(AssertionError, match="forgets"):
        waiting.nanoseconds(forgets, threads=8)
