"""Copies of bytes, between memory given in one of four ways."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.cudadrv import devicearray, driver


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
    with pytest.raises(AttributeError, match="no driver, so no cuMemAlloc"):
        driver.driver.cuMemAlloc  # noqa: B018


def test_the_address_and_the_size_of_memory():
    d, mapped = cuda.device_array((3, 4), np.int32)[:, 1:3], cuda.mapped_array(5, np.int16)
    assert driver.device_memory_size(d) == 2 * 16 + 8
    assert driver.device_memory_size(d.gpu_data) == driver.device_memory_size(d)
    assert driver.device_pointer(d) == int(d.gpu_data)
    driver.device_memset(mapped, 1, driver.device_memory_size(mapped))
    assert (mapped == 0x0101).all()
    with pytest.raises(TypeError, match="Not a CUDA memory object"):
        driver.device_memory_size(np.zeros(3))


def test_device_memory_is_recognized():
    devicearray.verify_cuda_ndarray_interface(cuda.device_array(3))
    with pytest.raises(ValueError, match="require an cuda ndarray object; got ndarray"):
        devicearray.require_cuda_ndarray(np.zeros(3))
