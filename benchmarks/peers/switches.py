"""PyTorch's switches while it is measured, and the proof that they do what they say.

- IEEE: float32 products of float32 numbers. TF32: the factors rounded to 10 bits behind the point
  first. In 1 + 2^-12 TF32 loses the last bit, so a sum of a thousand of them tells which it was.
- `cudnn.benchmark` is on: cuDNN tries its algorithms on the first call of a shape.
- On the CPU oneDNN is on, and PyTorch has the cores that our CPU device has.

Not run on a GPU yet.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity import torch_switches

BETWEEN = 1.0 + 2.0**-12  # TF32 cannot hold it, float32 can
SUMMED = 1024


@contextmanager
def switched(tf32: bool = False, deterministic: bool = False) -> Iterator[None]:
    """Measure PyTorch with these switches; those of parity's reference are put back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(pool.cores())
    cudnn = dict(enabled=True, benchmark=True, deterministic=deterministic, allow_tf32=tf32)
    try:
        with (
            torch_switches.switched(onednn=True, tf32=tf32),
            torch.backends.cudnn.flags(**cudnn),
        ):
            yield
    finally:
        torch.set_num_threads(threads)


def rounds_factors(device: str) -> bool:
    """Return whether a convolution of float32 numbers rounds them to TF32 first, by its error."""
    x = torch.full((1, SUMMED, 16, 16), BETWEEN, device=device)
    weight = torch.ones((64, SUMMED, 1, 1), device=device)
    y = torch.nn.functional.conv2d(x, weight)
    return abs(float(y[0, 0, 0, 0]) - SUMMED * BETWEEN) > SUMMED * 2.0**-13


def wrong(device: str, tf32: bool) -> str:
    """Return what is wrong with the switch for TF32 on this device, "" where it does as it says."""
    with switched(tf32=tf32):
        if rounds_factors(device) == tf32:
            return ""
    told = "although it is told to" if tf32 else "although it is told not to"
    return f"PyTorch {'does not round' if tf32 else 'rounds'} float32 to TF32 {told}"


def product_in_tf32(n: int) -> Callable[[], torch.Tensor]:
    """Return the product of two matrices (n, n) on the GPU's tensor cores."""
    x = torch.ones((n, n), device="cuda")

    def product() -> torch.Tensor:
        with switched(tf32=True):
            return x @ x

    return product
