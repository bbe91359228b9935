"""print() in kernels: the format of each type, whole lines, and their order."""

import numpy as np
import pytest
from numba import cuda
from numba.core.errors import NumbaWarning

from crosscheck.kernels.cpu import jit


def lines(capfd) -> list[str]:
    return capfd.readouterr().out.splitlines()


@jit
def numbers(x, big, half):
    print(x, -42, big, 34.75, half, np.uint8(7))
    print()


def test_numbers(capfd):
    numbers[1, 1](1.5, np.uint64(2**64 - 1), np.float16(0.1))
    tenth = float(np.float16(0.1))
    assert lines(capfd) == [f"1.500000 -42 {2**64 - 1} 34.750000 {tenth:f} 7", ""]


@jit
def words(x):
    print(True, x == 0, "100% of", 'it\'s "é"')


def test_booleans_and_strings(capfd):
    words[1, 1](0)
    words[1, 1](1)
    assert lines(capfd) == ['True True 100% of it\'s "é"', 'True False 100% of it\'s "é"']


@jit
def tuples(t):
    print(t, (1,), (cuda.grid(1), (2.5, False)))


def test_tuples(capfd):
    tuples[1, 1]((1, ((2, 4), 3.0)))
    assert lines(capfd) == ["(1, ((2, 4), 3.000000)) (1,) (0, (2.500000, False))"]


@jit
def coordinates():
    print(cuda.threadIdx, cuda.blockDim)


@jit
def coordinates_after_a_barrier():
    cuda.syncthreads()
    print(cuda.threadIdx, cuda.blockDim)


@pytest.mark.parametrize("kernel", [coordinates, coordinates_after_a_barrier])
def test_every_thread_prints_a_line(kernel, capfd):
    kernel[3, (2, 2, 2)]()
    expected = [f"({x}, {y}, {z}) (2, 2, 2)" for z in (0, 1) for y in (0, 1) for x in (0, 1)]
    assert lines(capfd) == expected * 3


@jit(device=True)
def tell(i):
    print("thread", i)
    return i


@jit
def many(out):
    i = cuda.grid(1)
    out[i] = tell(i)
    print("again", i)


def test_lines_are_whole_and_those_of_a_thread_in_order_on_several_cores(capfd):
    out = np.zeros(8192)
    many[32, 256](out)
    found = lines(capfd)
    assert sorted(found) == sorted(
        f"{word} {i}" for word in ("thread", "again") for i in range(8192)
    )
    places = {line: n for n, line in enumerate(found)}
    assert all(places[f"thread {i}"] < places[f"again {i}"] for i in range(8192))


def test_pythons_own_lines_stay_in_order(capfd):
    print("before")
    words[1, 1](0)
    print("after")
    assert [line.split()[0] for line in lines(capfd)] == ["before", "True", "after"]


@jit
def fails(x):
    print("got here")
    if x.size:
        raise ValueError("no further")


def test_lines_before_an_error_are_printed(capfd):
    with pytest.raises(ValueError, match="no further"):
        fails[1, 1](np.zeros(1))
    assert lines(capfd) == ["got here"]


def test_too_many_items_show_the_format_as_on_a_gpu(capfd):
    scope = {}
    exec("def crowd(r):\n    print(" + ", ".join(["r[0]"] * 33) + ")", scope)
    for _ in range(2):  # the second program comes from the disk, and warns as well
        with pytest.warns(NumbaWarning, match="cannot print more than 32 items"):
            jit(scope["crowd"])[1, 1](np.array([7]))
        assert lines(capfd) == [" ".join(["%lld"] * 33)]


@jit
def an_array(x):
    print(x)


def test_what_cannot_be_printed_is_refused_by_type():
    with pytest.raises(
        Exception, match=r"print\(\) in a kernel is given array\(float64.*; expected"
    ):
        an_array[1, 1](np.zeros(1))


@jit
def keywords():
    print(1, end="")


def test_keywords_are_refused():
    with pytest.raises(Exception, match="does not support keyword arguments"):
        keywords[1, 1]()
