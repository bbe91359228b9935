"""What one check says: a row of the table, of the JSON and of the HTML report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One operator, direction, algorithm and dtype, on one case.

    `error` is the largest |computed - exact|; `share` the largest |computed - exact| / bound over
    the elements (1.0 is the limit; 0 where both are 0), `bound` the bound at that element;
    `torch_error` is the largest error of PyTorch's own kernel in the same dtype on the same data.
    `seconds` is the time of the first launch, compilation excluded where the code was cached. `ok`
    is False when any leg failed, and `message` then says which and how. `unsupported` is the reason
    when the algorithm does not take the case: such a row is counted, never a failure and never
    silent. `overflowed` and `zero_filled` count elements that are not PyTorch's and are accepted:
    see allowances.py. `drift` is of a training run: the largest distance after each step, ours and
    PyTorch's.
    """

    op: str
    direction: str
    algorithm: str
    dtype: str
    device: str
    suite: str
    case: str
    ok: bool
    error: float = 0.0
    bound: float = 0.0
    share: float = 0.0
    torch_error: float = 0.0
    seconds: float = 0.0
    message: str = ""
    unsupported: str = ""
    overflowed: int = 0
    zero_filled: int = 0
    repro: str = ""
    drift: tuple[tuple[float, ...], ...] = ()
