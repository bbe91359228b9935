"""The kernels of losses of two arrays, element by element: built of a formula or a derivative.

Threads: one per element, but for sums: there thread t of all takes the elements t, t + all threads,
..., and each block adds up its own by a tree in shared memory, without atomics. Layout: rows, as
pointwise_launch.py makes them. Constraints: none.
"""

import inspect
from functools import cache
from typing import Any

from crosscheck.kernels.block_reduce import THREADS, block_and_thread, block_sum
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, kernel, real


def _takes_p(function: DeviceFunction) -> bool:
    return "p" in inspect.signature(function.py_func).parameters


def _beside(made: Any, function: DeviceFunction, name: str) -> Any:
    """Return a kernel named as if it stood beside the formula or derivative."""
    made.rename(name)
    made.py_func.__module__ = function.py_func.__module__
    return made


@cache
def formula_kernels(formula: DeviceFunction) -> tuple[Any, Any]:
    """Return the kernels of single elements and of sums."""
    if _takes_p(formula):

        @device_function
        def value(x, t, p, i, numbers):
            return formula(x[i], t[i], p[i] if p.shape[0] != 0 else real(1), *numbers)
    else:

        @device_function
        def value(x, t, p, i, numbers):
            return formula(x[i], t[i], *numbers)

    @kernel
    def forward_kernel(x, t, w, p, y, numbers):
        """x, t, y (i); w, p (i) or (0)."""
        i = index(cuda.grid(1))
        if i < index(y.shape[0]):
            term = value(x, t, p, i, numbers)
            y[i] = w[i] * term if w.shape[0] != 0 else term

    @kernel
    def partial_kernel(x, t, w, p, sums, numbers):
        """x, t (i); w, p (i) or (0); sums (blocks): what each block added up."""
        scratch = cuda.shared.array(THREADS, real)
        block, thread = block_and_thread()
        step = index(cuda.gridDim.x) * THREADS
        acc = real(0)
        for i in range(block * THREADS + thread, index(x.shape[0]), step):
            term = value(x, t, p, i, numbers)
            acc += w[i] * term if w.shape[0] != 0 else term
        acc = block_sum(scratch, thread, acc)
        if thread == 0:
            sums[block] = acc

    one, many = "forward_kernel", "partial_kernel"
    return _beside(forward_kernel, formula, one), _beside(partial_kernel, formula, many)


# The sum hands dy to every element, the mean dy / divisor: the derivative is of that, times w.
@cache
def gradient_kernel(derivative: DeviceFunction, name: str) -> Any:
    """Return the kernel of a derivative, under a name that tells it from the loss's other."""
    if _takes_p(derivative):

        @device_function
        def slope(dy, x, t, p, i, numbers):
            return derivative(dy, x[i], t[i], p[i] if p.shape[0] != 0 else real(1), *numbers)
    else:

        @device_function
        def slope(dy, x, t, p, i, numbers):
            return derivative(dy, x[i], t[i], *numbers)

    @kernel
    def derivative_kernel(dy, x, t, w, p, by, divisor, each, dx, numbers):
        """x, t, dx (i); w, p (i) or (0); dy (i) where `each`, else (1).

        The divisor is by[0], or `divisor` where by is (0).
        """
        i = index(cuda.grid(1))
        if i < index(dx.shape[0]):
            scale = dy[i if each else index(0)] / (by[0] if by.shape[0] != 0 else divisor)
            found = slope(scale, x, t, p, i, numbers)
            dx[i] = w[i] * found if w.shape[0] != 0 else found

    return _beside(derivative_kernel, derivative, name)
