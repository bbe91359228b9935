"""How a loss makes one number of many: 'none', 'mean' or 'sum', and the last step of the latter."""

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import THREADS, block_sum
from crosscheck.kernels.launch import cuda, index, kernel, real

REDUCTIONS = ("none", "mean", "sum")


def checked(op: str, reduction: str) -> str:
    """Return `reduction`. Raises ValueError."""
    if not isinstance(reduction, str) or reduction not in REDUCTIONS:
        reject(op, "reduction", reduction, f"one of {REDUCTIONS}")
    return reduction


@kernel
def sum_kernel(terms, by, divisor, total):
    """total (1) = the sum of terms (n), divided by by[0] or, where by is (0), by divisor.

    One block: thread t adds the terms t, t + THREADS, ..., then a tree in shared memory.
    """
    scratch = cuda.shared.array(THREADS, real)
    t = index(cuda.threadIdx.x)
    acc = real(0)
    for i in range(t, index(terms.shape[0]), THREADS):
        acc += terms[i]
    acc = block_sum(scratch, t, acc)
    if t == 0:
        total[0] = acc / (by[0] if by.shape[0] != 0 else divisor)


def sum_into(terms: Array, by: Array, divisor: float, total: Array) -> None:
    """Launch `sum_kernel`. No terms and divisor 0 give NaN, as PyTorch's mean of nothing."""
    sum_kernel[1, THREADS](terms, by, divisor, total)
