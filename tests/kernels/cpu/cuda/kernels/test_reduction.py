"""cuda.reduce: any size, dtype and associative function, in order."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda


@pytest.mark.parametrize("size", [1, 2, 1023, 1024, 1025, 5000])
def test_sums_of_every_size(size):
    total = cuda.reduce(lambda a, b: a + b)
    x = np.arange(1.0, size + 1)
    assert total(x) == total(cuda.to_device(x)) == x.sum()
    assert total(x, init=10) == x.sum() + 10
    assert total(x, size=(size + 1) // 2) == x[: (size + 1) // 2].sum()


def test_the_order_is_kept():
    """2x2 matrices of integers modulo a prime, as one number: they do not commute."""

    @cuda.jit(device=True)
    def compose(f, g):  # (a, b) is x -> a x + b, and f comes first
        a, b = f // 1000, f % 1000
        c, d = g // 1000, g % 1000
        return a * c % 97 * 1000 + (c * b + d) % 97

    maps = np.random.default_rng(0).integers(0, 97, (3000, 2)) @ [1000, 1]
    expected = 1000
    for item in maps:
        expected = compose.py_func(expected, int(item))
    assert cuda.Reduce(compose)(maps, init=1000) == expected


def test_the_result_may_stay_on_the_device():
    out = cuda.device_array(2, np.int32)
    assert cuda.reduce(lambda a, b: max(a, b))(np.arange(9, dtype=np.int32), res=out) is None
    assert out[0] == 8


def test_an_empty_array_gives_the_initial_value_and_a_matrix_is_refused():
    total = cuda.reduce(lambda a, b: a + b)
    assert total(np.zeros(0, np.float32), init=3) == np.float32(3)
    with pytest.raises(TypeError, match="only support 1D"):
        total(np.zeros((2, 2)))
