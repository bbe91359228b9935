"""Copies by bytes, between what names memory in one of four ways."""

import numpy as np
import pytest

from kernels.cpu import cuda
from kernels.cpu.cuda.cudadrv import driver


def test_bytes_are_copied_and_set():
    d, x = cuda.device_array(4, np.int32), np.arange(4, dtype=np.int32)
    driver.host_to_device(d, x, x.nbytes)
    driver.device_memset(d.gpu_data, 0, 4)
    out = np.zeros(4, np.int32)
    driver.device_to_host(out.ctypes.data, d, 12)
    assert out.tolist() == [0, 1, 2, 0]
    assert driver.is_device_memory(d) and not driver.is_device_memory(x)
    with pytest.raises(TypeError, match="Not a CUDA memory object"):
        driver.require_device_memory(x)
    with pytest.raises(AttributeError, match="no driver, and no cuMemAlloc of it"):
        driver.driver.cuMemAlloc  # noqa: B018
