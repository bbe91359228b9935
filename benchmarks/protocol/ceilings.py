"""What this machine can do, measured in the same run: bytes copied and FFMAs a second.

- "copy": the bytes read and written, by the library's copy and by a kernel of ours; the faster one.
- "FFMA": 2 operations a multiply-add, by a kernel of ours that does nothing else. Each thread has
  16 sums, so that no multiply-add waits for the one before.
- "TF32": a product of two large matrices on tensor cores by PyTorch, on a GPU.

On the CPU the copies fit its caches, as the cut-down layers do, and a product of two matrices by
NumPy's library counts, too: one so small that it runs on one core, times the cores, because other
work on the machine makes cores wait for each other. Not run on a GPU yet.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.benchmarks.protocol.device import Device
from crosscheck.kernels.cpu.machine import pool
from crosscheck.kernels.launch import cuda, index, kernel, real

SAMPLES = 30
SUMS = 16
COPIED = {"cpu": (2**14, 2**17, 2**20), "cuda": (2**28,)}  # elements of an array
# threads, multiply-adds of each sum; of the matrices of a product
FFMA = {"cpu": (2**12, 2**10), "cuda": (2**19, 2**12)}
MATRIX = {"cpu": 48, "cuda": 8192}


@kernel
def ffma_kernel(x, y, rounds):
    """y[i] = the sum of 16 sums, each `rounds` times multiplied by x[0] and added x[1]."""
    i = index(cuda.grid(1))
    if i < index(y.shape[0]):
        factor, term = x[0], x[1]
        a = b = c = d = e = f = g = h = real(0)
        s = t = u = v = w = o = p = q = real(1)
        for _ in range(rounds):
            a, b, c, d = a * factor + term, b * factor + term, c * factor + term, d * factor + term
            e, f, g, h = e * factor + term, f * factor + term, g * factor + term, h * factor + term
            s, t, u, v = s * factor + term, t * factor + term, u * factor + term, v * factor + term
            w, o, p, q = w * factor + term, o * factor + term, p * factor + term, q * factor + term
        y[i] = a + b + c + d + e + f + g + h + s + t + u + v + w + o + p + q


@kernel
def copy_kernel(x, y):
    """y[i] = x[i]."""
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        y[i] = x[i]


def measure(device: Device, dtype: str) -> dict[str, float]:
    """Return the rates by name, a second: "copy" in bytes, the others in operations."""
    rates = {"copy": max(_copies(device, dtype, size) for size in COPIED[device.name])}
    rates["FFMA"] = _ffma(device, dtype)
    if device.name == "cpu":
        rates["FFMA"] = max(rates["FFMA"], _product_on_cpu(device, dtype))
    elif dtype == "float32" and (rate := _product_in_tf32(device)):
        rates["TF32"] = rate
    return rates


def _copies(device: Device, dtype: str, size: int) -> float:
    library = device.library
    x, y = library.ones(size, dtype), library.empty(size, dtype)
    by_kernel = _seconds(device, lambda: copy_kernel.forall(size)(x, y))
    return 2 * x.nbytes / min(by_kernel, _seconds(device, lambda: library.copyto(y, x)))


def _ffma(device: Device, dtype: str) -> float:
    threads, rounds = FFMA[device.name]
    x = device.library.asarray([0.5, 1.0], dtype)
    y = device.library.empty(threads, dtype)
    seconds = _seconds(device, lambda: ffma_kernel.forall(threads)(x, y, rounds))
    return 2 * SUMS * rounds * threads / seconds


def _product_on_cpu(device: Device, dtype: str) -> float:
    n = MATRIX["cpu"]
    x = np.ones((n, n), dtype)
    out = np.empty_like(x)
    return pool.cores() * 2 * n**3 / _seconds(device, lambda: np.matmul(x, x, out=out))


def _product_in_tf32(device: Device) -> float:
    try:
        from crosscheck.benchmarks.peers import switches
    except ImportError:
        return 0.0
    n = MATRIX["cuda"]
    return 2 * n**3 / _seconds(device, switches.product_in_tf32(n))


def _seconds(device: Device, call: Callable[[], Any]) -> float:
    """Return the shortest time of a warm call in seconds: what the machine can do, not what it does
    beside other work.
    """
    for _ in range(3):
        call()
    device.synchronize()
    return min(device.time(call, lambda result: None)[0] for _ in range(SAMPLES))
