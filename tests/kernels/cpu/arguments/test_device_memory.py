"""What a launch accepts besides NumPy arrays: registered memory of the CPU device."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.arguments import device_memory


@jit
def double(x):
    x[0] *= 2


class Foreign:
    """An array of another library."""

    def __init__(self, array, **changes):
        interface = dict(array.__array_interface__)
        self.__cuda_array_interface__ = interface | changes


def test_another_librarys_array_over_registered_memory_is_taken():
    memory = device_memory.register(np.arange(6.0))
    double[1, 1](Foreign(memory[2:]))
    assert memory.tolist() == [0, 1, 4, 3, 4, 5]
    double[1, 1](Foreign(memory[::-2]))
    assert memory.tolist() == [0, 1, 4, 3, 4, 10]


def test_unregistered_memory_may_be_a_gpus_and_is_refused():
    with pytest.raises(ValueError, match="is in a GPU's memory; expected memory of the CPU device"):
        double[1, 1](Foreign(np.arange(6.0)))
    memory = device_memory.register(np.arange(6.0))
    with pytest.raises(ValueError, match="is in a GPU's memory"):
        double[1, 1](Foreign(memory, shape=(7,)))
    with pytest.raises(NotImplementedError, match="Masked"):
        double[1, 1](Foreign(memory, mask=1))


def test_memory_is_forgotten_with_its_array():
    memory = device_memory.register(np.arange(1000.0))
    foreign = Foreign(memory)
    del memory
    with pytest.raises(ValueError, match="is in a GPU's memory"):
        double[1, 1](foreign)


def test_an_object_with_to_kernel_decides_what_the_kernel_takes():
    class Hint:
        def __init__(self):
            self.value, self.done = np.ones(1), False

        def to_kernel(self, afterwards):
            afterwards.append(lambda: setattr(self, "done", self.value[0]))
            return self.value

    hint = Hint()
    double[1, 1](hint)
    assert hint.done == 2
