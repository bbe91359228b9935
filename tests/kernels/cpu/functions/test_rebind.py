"""Copies of functions have their own globals, and only those they use."""

from crosscheck.kernels.cpu.functions import rebind

step, unused = 1, 2


def make(factor):
    def scaled(value, offset=3):
        return abs(factor * value) + offset + step

    return scaled


def test_a_copy_is_the_same_function_with_the_globals_it_uses():
    original = make(5)
    copy = rebind.own_copy(original)
    assert copy(-2) == original(-2) == 14
    assert copy.__module__ == original.__module__ and copy.__qualname__ == original.__qualname__
    assert copy.__globals__.keys() - {"step"} == {"__name__", "__builtins__"}


def test_globals_of_a_copy_are_its_own():
    original = make(5)
    copy = rebind.rebind(rebind.own_copy(original), lambda value: 10 * value)
    assert rebind.references(copy) == {"factor": 50, "step": 10}
    assert copy(-2) == 113 and original(-2) == 14
