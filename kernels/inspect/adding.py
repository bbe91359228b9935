"""How the tensor cores of this machine add, found by sums whose results tell.

    python -m crosscheck.kernels.inspect.adding --device cuda

NVIDIA documents neither in which order mma.sync adds nor what it cuts off. A few sums tell, as in
Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of NVIDIA tensor cores" (2021). All begin at
an accumulator of 1, whose last bit is 2^-23:

- two products of 2^-24 make a last bit if they meet before anything is cut off, that is if they
  are in one block; each alone is lost;
- 2^-24 + 2^-25 + ... + 2^-(23 + e) twice make a last bit if products of 2^-(23 + e) are still seen
  beside 1: if e extra bits are kept;
- one product of 1.5 2^-24 makes a last bit where sums are rounded to nearest, none where they are
  cut off.

The bounds of parity rest on the model that is found; the CPU device adds by the one that is set.
"""

from functools import cache
from types import ModuleType
from typing import Annotated, NamedTuple

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from crosscheck.kernels.cpu.options.modes import MMA_MODELS
from crosscheck.kernels.launch import Kernel, cuda, kernel
from crosscheck.kernels.ptx import mma_bf16, mma_f16, mma_tf32

_MULTIPLICATIONS = {"tf32": mma_tf32, "f16": mma_f16, "bf16": mma_bf16}
KINDS = tuple(_MULTIPLICATIONS)
_FACTOR = 2.0**-12  # of B: what A has is then in float16's range, too
_LANES = 4  # that hold row 0 of A


class Adding(NamedTuple):
    """How products of one kind are added.

    block   how many products, neighbours along k, are added at once
    extra   how many bits below the 24 of float32 are kept of each; a lower bound where it is as
            large as the block allows to see: block - 1
    cuts    whether a sum is cut off toward zero; else it is rounded to nearest
    """

    block: int
    extra: int
    cuts: bool


@cache
def _build(kind: str) -> Kernel:
    multiply = _MULTIPLICATIONS[kind]

    @kernel
    def sum_kernel(terms, factor, start, total):
        """total[0] = start[0] + sum of terms x factor, by one warp.

        terms (8 words): row 0 of A; factor (1 word): all of column 0 of B.
        """
        acc = cuda.local.array(4, np.float32)
        a = cuda.local.array(4, np.uint32)
        b = cuda.local.array(2, np.uint32)
        lane = cuda.threadIdx.x
        for i in range(4):
            acc[i] = start[0]
            a[i] = np.uint32(0)
        b[0] = b[1] = np.uint32(0)
        if lane < _LANES:  # row 0 and column 0 are in the same lanes
            a[0], a[2] = terms[lane], terms[lane + _LANES]
            b[0] = b[1] = factor[0]
        multiply(acc, a, b, 0)
        if lane == 0:
            total[0] = acc[0]

    sum_kernel.rename(f"sum_kernel_{kind}")
    return sum_kernel


def products(kind: str) -> int:
    """Return how many products one instruction adds to an accumulator."""
    return 8 if kind == "tf32" else 16


def measure(kind: str, library: ModuleType = np) -> Adding:
    """Return how products of a kind are added: "tf32", "f16" or "bf16".

    library: numpy for the CPU device, cupy for the GPU. Raises ValueError for another kind, and
    RuntimeError where a block is none of neighbours, which no model here describes.
    """
    if kind not in KINDS:
        raise ValueError(f"measure: kind is {kind!r}; expected one of {', '.join(KINDS)}")
    count = products(kind)

    def grows(terms: dict[int, float]) -> bool:
        """Whether 1 plus these products, by their places along k, is more than 1."""
        return _sum(kind, terms, library) > 1

    def meet(first: int, other: int) -> bool:
        return grows({first: 2.0**-24, other: 2.0**-24})

    block = next((k for k in range(1, count) if not meet(0, k)), count)
    together = [[k // block == j // block for k in range(count)] for j in range(count)]
    found = [[j == k or meet(j, k) for k in range(count)] for j in range(count)]
    if found != together:
        raise RuntimeError(f"measure: products of {kind} are not added in blocks of neighbours")
    extra = 0
    while extra < block - 1:
        sizes = [*range(24, 24 + extra + 1), 24 + extra]  # exponents: the last one twice
        if not grows({k: 2.0**-size for k, size in enumerate(sizes)}):
            break
        extra += 1
    return Adding(block, extra, cuts=not grows({0: 1.5 * 2.0**-24}))


def _sum(kind: str, terms: dict[int, float], library: ModuleType) -> float:
    """Return 1 + the products, whose values are given by their places along k."""
    row = np.zeros(products(kind), np.float32)
    for place, value in terms.items():
        row[place] = value / _FACTOR
    words, factor = _words(kind, row), _words(kind, np.full(2, _FACTOR, np.float32))[:1]
    total = library.zeros(1, np.float32)
    given = (library.asarray(each) for each in (words, factor, np.ones(1, np.float32)))
    _build(kind)[1, 32](*given, total)
    return float(total[0])


def _words(kind: str, values: np.ndarray) -> np.ndarray:
    """Return numbers that the kind has as words of 32 bits: one in each, or two."""
    if kind == "tf32":
        return values.view(np.uint32)
    if kind == "f16":
        return values.astype(np.float16).view(np.uint32)
    return (values.view(np.uint32) >> np.uint32(16)).astype(np.uint16).view(np.uint32)


def main(
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
) -> None:
    """Measure how tensor cores add here, and name the models that add so."""
    if device not in ("cpu", "cuda"):
        raise typer.BadParameter(f"{device}; expected cpu or cuda")
    library = np
    if device == "cuda":
        import cupy as library
    table = Table("operands", "products in a block", "extra bits", "sums are", "as the model")
    for kind in KINDS:
        found = measure(kind, library)
        names = ", ".join(name for name in MMA_MODELS if expected(name, kind) == found)
        ends = "cut off" if found.cuts else "rounded to nearest"
        table.add_row(kind, str(found.block), str(found.extra), ends, names or "none of them")
    Console().print(table)


def expected(model: str, kind: str) -> Adding:
    """Return what is found where products are added as a model of the CPU device has it."""
    block, extra = MMA_MODELS[model]
    if block == 0:  # in float64
        return Adding(products(kind), products(kind) - 1, cuts=False)
    return Adding(block * products(kind) // 8, extra, cuts=True)


if __name__ == "__main__":
    typer.run(main)
