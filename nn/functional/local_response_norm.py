"""Local response normalisation: formulas of operators that there are."""

from crosscheck.kernels.arguments import integer, reject
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.functional.padding import pad
from crosscheck.nn.functional.pooling import avg_pool2d
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Divide (n, c, ...) by (k + alpha * the mean of x^2 over `size` channels around)^beta.

    Channels that do not exist count as 0. Raises ValueError or TypeError.
    """
    op = "local_response_norm"
    rank = array_of(op, "input", input).ndim
    if rank < 3:
        reject(op, "input.shape", tuple(input.shape), "at least 3 dimensions")
    size = integer(op, "size", size, 1)
    if 0 in input.shape:
        return input
    n, c = input.shape[:2]
    squares = pad((input * input).reshape(n, 1, c, -1), (0, 0, size // 2, (size - 1) // 2))
    means = avg_pool2d(squares, (size, 1), stride=1).reshape(*input.shape)
    return input / (means * alpha + k).pow(beta)
