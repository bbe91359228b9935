"""cuda.kernels.transpose."""

import numpy as np

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.kernels.transpose import transpose


def test_a_matrix_is_transposed_into_new_or_given_memory():
    x = np.arange(6.0).reshape(2, 3)
    assert (transpose(x).copy_to_host() == x.T).all()
    out = cuda.device_array((3, 2))
    assert transpose(cuda.to_device(x), out) is out
    assert (out.copy_to_host() == x.T).all()
