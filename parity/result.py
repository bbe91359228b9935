"""The result of checking one case: one entry of the JSON file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One operator, direction, algorithm and dtype on one case.

    error        the largest |computed - exact|
    share        the largest |computed - exact| / bound; 1.0 is the limit
    bound        the bound of the element where share is largest
    torch_error  the largest error of PyTorch's own kernel, in the same dtype on the same data
    seconds      of the first launch; without compilation if the kernel was in the cache
    ok           False if any check failed
    message      which checks failed, and how; for a passing result, which could not be made
    unsupported  why the algorithm does not take this case; such a result is counted, not failed
    special      whether the case has special values: its error may be that of enormous numbers
    overflowed   how many elements differ from PyTorch's by an overflow on the way, and are accepted
    extra_nan    how many are NaN, PyTorch's are not, and are accepted: for both see allowances.py
    repro        the command that repeats it
    drift        for a training run: the largest distance after each step, ours and PyTorch's
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
    special: bool = False
    overflowed: int = 0
    extra_nan: int = 0
    repro: str = ""
    drift: tuple[tuple[float, ...], ...] = ()
