"""What of wgmma can be said without a GPU: test_warp_group.py of the convolution has its PTX."""

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.ptx import WARP_GROUPS, descriptor, wgmma_commit


@kernel
def commit_nothing(x):
    wgmma_commit()
    x[index(0)] += np.float32(1)


@kernel(only_on=WARP_GROUPS)
def describe(words):
    tiles = cuda.shared.array(4096, np.uint32, alignment=1024)
    at = descriptor(tiles, np.int64(512 + 2))
    tiles[index(0)] = np.uint32(at)  # so that there is an array
    words[index(0)], words[index(1)] = np.uint32(at), np.uint32(at >> np.uint64(32))


def test_the_cpu_device_names_what_it_has_not():
    with pytest.raises(Exception, match=r"wgmma\.commit_group\.sync\.aligned"):
        commit_nothing[1, 128](np.zeros(1, np.float32))


def test_a_descriptor_has_the_swizzle_and_the_stride_of_eight_rows():
    (this,) = launches.launched(lambda: describe[1, 1](np.zeros(2, np.uint32)))
    try:
        ptx = gpu.compile_for(this.kernel, this.arguments, (9, 0)).ptx
    except gpu.CompilerMissing as error:
        pytest.skip(str(error))
    assert f"{(1 << 62 | 1024 >> 4 << 32) >> 32}" in ptx  # swizzle 128, a multiple of 16 bytes
    assert "16383" in ptx  # the 14 bits of the address
    assert "514" in ptx
