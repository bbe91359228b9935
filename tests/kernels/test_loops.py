"""A loop of n turns."""

import numpy as np
import pytest

from crosscheck.kernels.launch import kernel, real
from crosscheck.kernels.loops import repeat


@kernel
def count_turns(x, n):
    for _ in repeat(n):
        x[0] += real(1)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_it_takes_n_turns(n):
    x = np.zeros(1)
    count_turns[1, 1](x, n)
    assert x[0] == n
