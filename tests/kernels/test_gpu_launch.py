"""Parameters lie where the assembler has them, with the values of each launch."""

import ctypes
import struct
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from cuda.bindings import driver

from crosscheck.kernels import gpu, gpu_launch
from crosscheck.kernels.gpu_launch import Launch, Packer
from crosscheck.kernels.index_type import NUMBERS
from crosscheck.kernels.launch import kernel, real


@kernel
def mixed(x, number, pair, flag, rate, small, wide, z, last):
    x[number, pair[1]] = rate if flag else real(small + wide + last) + real(z.real)


class DeviceArray:
    """Stands for cupy.ndarray."""

    def __init__(self, array, address):
        self.array, self.data = array, SimpleNamespace(ptr=address)

    def __getattr__(self, name):
        return getattr(self.array, name)


@pytest.fixture(autouse=True)
def device_arrays(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(ndarray=DeviceArray))


NUMBERS_OF_A_LAUNCH = range(3, 9)  # the positions of those that are no `index`
ADDRESS = 0x7F0012345678


def arguments(index=np.uint32, address=ADDRESS, rate=0.5):
    number = NUMBERS[index]
    array = DeviceArray(np.zeros((3, 8), np.float32)[:, ::2], address)
    numbers = np.int8(-3), np.float64(7), np.complex64(2 + 3j), np.int16(9)
    return array, number(1), (number(2), number(3)), True, np.float32(rate), *numbers


def leaves(index=np.uint32, address=ADDRESS, rate=0.5):
    """Return what the kernel is to find in each of its parameters, as bytes."""
    array = struct.pack("<9q", 0, 0, 12, 4, address, 3, 4, 32, 8)
    numbers = (1, index), (2, index), (3, index), (True, bool), (rate, np.float32)
    rest = (-3, np.int8), (7, np.float64), (2, np.float32), (3, np.float32), (9, np.int16)
    own = [dtype(value).tobytes() for value, dtype in (*numbers[:3], *numbers[4:], *rest)]
    own.insert(3, b"\1")
    return [array[i : i + 8] for i in range(0, 72, 8)] + own


def packer(index=np.uint32):
    given = arguments(index)
    signature = mixed.variant("cuda", np.float32, index).signature(given)
    return Packer(signature, given, NUMBERS_OF_A_LAUNCH)


def packed(parameters):
    return memory(parameters.extra)


def memory(extra):
    """Return the bytes that the driver copies."""
    pairs = (ctypes.c_void_p * 5).from_address(extra)
    assert (pairs[0], pairs[2], pairs[4]) == (1, 2, None)  # BUFFER_POINTER, BUFFER_SIZE, END
    return ctypes.string_at(pairs[1], ctypes.c_size_t.from_address(pairs[3]).value)


def places(index):
    """Return (offset, size) of each parameter, from the notes that the assembler leaves for the
    driver: EIATTR_KPARAM_INFO.
    """
    own, example = mixed.variant("cuda", np.float32, index), arguments(index)
    try:
        cubin = gpu.compile_for(own, example, (9, 0)).cubin
    except gpu.CompilerMissing as error:
        pytest.skip(str(error))
    found, mark = {}, b"\x04\x17\x0c\x00"
    at = cubin.find(mark)
    while at >= 0:
        _, ordinal, offset, size = struct.unpack_from("<IHHI", cubin, at + 4)
        found[ordinal] = offset, size >> 18
        at = cubin.find(mark, at + 1)
    return [found[ordinal] for ordinal in range(len(found))]


@pytest.mark.parametrize("index", [np.uint32, np.uint64])
def test_parameters_lie_where_the_assembler_has_them(index):
    found, layout = packed(packer(index).pack(arguments(index))), places(index)
    assert [found[offset : offset + size] for offset, size in layout] == leaves(index)
    assert len(found) == sum(layout[-1])


def test_a_launch_writes_its_addresses_and_numbers_anew():
    own = packer()
    first = own.pack(arguments())
    own.release(first)
    second = own.pack(arguments(address=4096, rate=0.25))
    assert second is first  # the memory is used again ...
    assert packed(second) == packed(packer().pack(arguments(address=4096, rate=0.25)))


def test_launches_at_the_same_time_do_not_share_parameters():
    own = packer()
    own.release(own.pack(arguments()))
    first, second = own.pack(arguments()), own.pack(arguments(address=4096))
    assert first is not second and packed(first) != packed(second)


@pytest.fixture
def launched(monkeypatch):
    """Take the driver's place; `answers` are its next ones."""
    seen = SimpleNamespace(given=[], packed=[], answers=[], attached=0)

    def start(*given):
        seen.given.append(given)
        seen.packed.append(memory(given[-1]))
        return (driver.CUresult(seen.answers.pop(0) if seen.answers else 0),)

    def attach():
        seen.attached += 1

    monkeypatch.setattr(driver, "cuLaunchKernel", start)
    monkeypatch.setattr(driver, "cuGetErrorString", lambda status: (0, b"too much"))
    seen.launch = Launch("mixed", 17, (1, 2, 3, 4, 5, 6, 7), packer(), cooperative=False)
    seen.run = lambda: seen.launch(arguments(), 99, attach)
    return seen


def test_the_driver_gets_function_shape_stream_and_parameters(launched):
    launched.run()
    assert launched.given[0][:-1] == (17, 1, 2, 3, 4, 5, 6, 7, 99, 0)
    assert launched.packed == [packed(packer().pack(arguments()))]
    assert launched.attached == 0


def test_a_threads_first_launch_gets_a_context(launched):
    launched.answers = [driver.CUresult.CUDA_ERROR_INVALID_CONTEXT]
    launched.run()
    assert launched.attached == 1 and len(launched.given) == 2


def test_what_the_driver_refuses_is_raised(launched):
    launched.answers = [driver.CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES]
    message = "mixed: the driver answers CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES: too much"
    with pytest.raises(RuntimeError, match=message):
        launched.run()


def test_a_cooperative_launch_says_so(monkeypatch):
    seen = []

    def start(configuration, *given):
        seen.append((configuration, given))
        return (driver.CUresult(0),)

    monkeypatch.setattr(driver, "cuLaunchKernelEx", start)
    launch = Launch("mixed", 17, (1, 2, 3, 4, 5, 6, 7), packer(), cooperative=True)
    launch(arguments(), 99, None)
    ((own, (function, none, extra)),) = seen
    assert (function, none) == (17, 0)
    assert (own.gridDimX, own.gridDimY, own.gridDimZ) == (1, 2, 3)
    assert (own.blockDimX, own.blockDimY, own.blockDimZ) == (4, 5, 6)
    assert (own.sharedMemBytes, int(own.hStream)) == (7, 99)
    (attribute,) = own.attrs
    assert attribute.id == driver.CUlaunchAttributeID.CU_LAUNCH_ATTRIBUTE_COOPERATIVE
    assert attribute.value.cooperative == 1 and own.numAttrs == 1
    assert memory(extra) == packed(packer().pack(arguments()))


def test_shared_memory_is_allowed_up_to_the_gpus_limit(monkeypatch):
    asked = []
    monkeypatch.setattr(driver, "cuDeviceGetAttribute", lambda *_: (driver.CUresult(0), 1000))
    monkeypatch.setattr(
        driver, "cuKernelSetAttribute", lambda *each: asked.append(each) or (driver.CUresult(0),)
    )
    gpu_launch.allow_shared_memory("mixed", kernel=17, static=24, device=3)
    name = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
    assert asked == [(name, 976, 17, 3)]
