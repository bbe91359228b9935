"""Device arrays: copies, parts, shapes, and what a GPU would refuse."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda
from crosscheck.kernels.cpu.cuda.cudadrv.devicearray import DeviceNDArray, DeviceRecord, auto_device

RECORD = np.dtype([("a", np.int32), ("b", np.float64, (2,)), ("c", [("d", np.int8)])])


@cuda.jit
def double(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] *= 2


def test_to_device_copies_and_a_launch_leaves_the_host_alone():
    x = np.arange(4.0)
    d = cuda.to_device(x)
    double[1, 4](d)
    assert x.tolist() == [0, 1, 2, 3]
    assert d.copy_to_host().tolist() == [0, 2, 4, 6]
    assert d.copy_to_host(x) is x and x.tolist() == [0, 2, 4, 6]
    d.copy_to_device(np.ones(4))
    assert np.asarray(d).tolist() == [1, 1, 1, 1]
    assert cuda.to_device(d) is d


def test_new_memory_is_not_zero():
    assert np.isnan(cuda.device_array(3).copy_to_host()).all()
    assert (cuda.device_array((2, 2), np.int8).copy_to_host() == -1).all()


def test_memory_is_aligned_and_padded_as_on_a_gpu():
    for size in (1, 200, 512, 513):
        one = cuda.device_array(size, np.int8)
        assert one.device_ctypes_pointer.value % 512 == 0
    assert cuda.device_array(0).__cuda_array_interface__["data"] == (0, False)


def test_views_share_memory_and_elements_are_copied_to_the_host():
    d = cuda.to_device(np.arange(12.0).reshape(3, 4))
    double[1, 4](d[1])
    assert d.copy_to_host()[1].tolist() == [8, 10, 12, 14]
    assert d[2, 3] == 11 and isinstance(d[2, 3], np.float64)
    assert d[:, ::2].copy_to_host().tolist() == [[0, 2], [8, 12], [8, 10]]
    d[0] = 7
    d[1, 1:3] = np.array([5, 6])
    d[2] = cuda.to_device(np.zeros(4))
    assert d.copy_to_host().tolist() == [[7] * 4, [8, 5, 6, 14], [0] * 4]


def test_the_same_memory_in_other_shapes():
    d = cuda.to_device(np.arange(6, dtype=np.int32))
    assert d.reshape(2, 3).shape == d.reshape((2, -1)).shape == (2, 3)
    assert d.reshape(2, 3, order="F").strides == (4, 8)
    assert d.reshape(3, 1, 2).squeeze().ravel().shape == (6,)
    assert d.view(np.int64).shape == (3,)
    assert d.reshape(2, 3).T.copy_to_host().tolist() == [[0, 3], [1, 4], [2, 5]]
    assert [len(part) for part in d.split(4)] == [4, 2]
    d.reshape(2, 3)[1, 2] = 9
    assert d[5] == 9
    assert (len(d), d.ndim, d.nbytes, d.flags["C_CONTIGUOUS"]) == (6, 1, 24, True)


def test_record_fields_are_read_and_assigned_in_device_memory():
    records = cuda.to_device(np.zeros(2, RECORD))
    record = records[1]
    assert isinstance(record, DeviceRecord)
    record["a"] = 3
    record["b"][1] = 2.5
    record["c"]["d"] = 4
    assert records.copy_to_host()[1].item() == (3, pytest.approx([0, 2.5]), (4,))
    assert isinstance(cuda.to_device(np.zeros(1, RECORD)[0]), DeviceRecord)

    @cuda.jit
    def change(one):
        one.a += 1

    change[1, 1](record)
    assert record["a"] == 4


def x():
    return cuda.to_device(np.arange(12.0).reshape(3, 4))


@pytest.mark.parametrize(
    "act, error, message",
    [
        (lambda: x().copy_to_host(np.zeros(12)), ValueError, "incompatible shape"),
        (lambda: x().copy_to_host(np.zeros((3, 4), int)), TypeError, "incompatible dtype"),
        (lambda: x().copy_to_host(np.zeros((4, 3)).T), ValueError, "incompatible strides"),
        (lambda: x()[::-1].copy_to_host(), NotImplementedError, "negative strides"),
        (lambda: x().copy_to_device(np.zeros((2, 4))), ValueError, "incompatible shape"),
        (lambda: x()[:, ::2].copy_to_device(np.zeros((3, 2))), ValueError, "non-contiguous"),
        (lambda: cuda.to_device(np.zeros((4, 4))[:, ::2]), ValueError, "non-contiguous"),
        (lambda: x()[:, ::2].ravel(), NotImplementedError, "requires copying"),
        (lambda: x().reshape(5), ValueError, "cannot reshape an array of 12"),
        (lambda: x()[:, :3].view(np.int8), ValueError, "must be C-contiguous"),
        (lambda: cuda.to_device(np.zeros(3, np.int8)).view(np.int16), ValueError, "divisor"),
        (lambda: x().reshape(2, 3, 2).T, NotImplementedError, "non-2D"),
        (lambda: x().transpose((0, 0)), ValueError, "invalid axes"),
        (lambda: x()[[0, 1]], TypeError, r"indexed with \[0, 1\]; expected integers, slices"),
        (lambda: x().__setitem__(0, np.zeros((1, 4))), ValueError, "Can't assign 2-D array to 1-D"),
        (lambda: x().__setitem__(0, np.zeros(3)), ValueError, "size 3 to array axis 0 with dim"),
        (lambda: x() + 1, TypeError, "unsupported operand"),
        (lambda: np.array(x(), copy=False), ValueError, "copy=False"),
        (lambda: x().get_ipc_handle(), NotImplementedError, "get_ipc_handle"),
        (lambda: cuda.device_array(1.5), TypeError, "shape must be an integer"),
        (lambda: cuda.device_array((2, 1.5)), TypeError, "got float"),
        (lambda: cuda.device_array(2, order="A"), ValueError, "must be either C/F"),
    ],
)
def test_what_a_gpu_would_refuse(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_layouts_are_kept_on_the_device():
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert cuda.to_device(x).strides == x.strides
    assert cuda.device_array_like(x).strides == x.strides
    swapped = np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2)
    assert cuda.device_array_like(swapped).strides == swapped.strides
    wide = np.broadcast_to(np.arange(3.0), (2, 3))
    assert cuda.to_device(wide).copy_to_host().tolist() == wide.tolist()


def test_other_libraries_share_the_memory_both_ways():
    d = cuda.to_device(np.arange(6.0).reshape(2, 3))

    class Foreign:
        __cuda_array_interface__ = d[1].__cuda_array_interface__

    double[1, 3](Foreign())
    assert d.copy_to_host().tolist() == [[0, 1, 2], [6, 8, 10]]
    again = cuda.as_cuda_array(Foreign())
    assert isinstance(again, DeviceNDArray) and again[0] == 6
    assert auto_device(Foreign())[1] is False
    assert cuda.is_cuda_array(d) and not cuda.is_cuda_array(np.zeros(1))
    with pytest.raises(TypeError, match="cuda array interface"):
        cuda.as_cuda_array(np.zeros(1))


def test_empty_arrays():
    d = cuda.to_device(np.zeros((0, 3)))
    assert d.copy_to_host().shape == (0, 3)
    d.copy_to_device(np.zeros((0, 3)))
    double.forall(d.size)(d)
