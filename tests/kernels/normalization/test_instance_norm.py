"""instance_norm's kernels where the parity suite does not look: what is left for the gradients."""

import numpy as np
import pytest

from crosscheck.kernels.normalization import instance_norm


@pytest.mark.parametrize("own", [True, False])
def test_statistics_of_planes_without_elements_are_zeros(own):
    x, running = np.zeros((2, 3, 0), np.float32), [np.ones(3, np.float32) for _ in range(2)]
    mean, rstd = (np.full(6, np.nan, np.float32) for _ in range(2))
    instance_norm.forward(x, *running, use_input_stats=own, mean=mean, rstd=rstd)
    assert not mean.any() and not rstd.any()
    assert all((each == 1).all() for each in running)
