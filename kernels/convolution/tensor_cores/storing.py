"""How the outputs of a position are stored: four columns at a time, side by side in NHWC."""

from functools import cache

from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.convolution.epilogue import Ending
from crosscheck.kernels.launch import DeviceFunction, device_function, index, real
from crosscheck.kernels.ptx import store_quad


@cache
def storing(store: int, ending: Ending) -> DeviceFunction:
    """Return put(values, y, at, k, K, step), which stores columns k to k + 3, those below K.

    store: how many columns a store of y writes, 1 or 4; ending: what happens to outputs before.
    values (4) is a local array; at: the place of column k; step: from a column to the next.
    """
    STORE, RELU = store, ending == Ending.RELU

    @device_function
    def put(values, y, at, k, K, step):
        if RELU:
            for e in range(4):
                values[e] = at_least(values[e], real(0))
        if STORE == 4:
            if k < K:
                store_quad(y, at, (values[0], values[1], values[2], values[3]))
        else:
            for e in range(4):
                if k + index(e) < K:
                    y[at + index(e) * step] = values[e]

    return put
