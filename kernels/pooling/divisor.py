"""What an average is divided by, in the same few steps for every rule.

    divisor(p, q) = rows of window (p, q) that count * columns that count
                    or divisor_override

Those count that are in the padded input, which only ceil_mode reaches past, or with
count_include_pad=False those in the input itself. An override is added to 0 times their number.
There is no branch: a compiler would put the division into each of its arms, 20 instructions an arm
and an output.
"""

from crosscheck.kernels import arguments
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.pooling.problem import Problem, flag

Counted = tuple[tuple[int, int], tuple[int, int], int, int]  # what `divisor` takes


@device_function
def divisor(p, q, window, stride, counted, sign):
    """Return what the sum over window (p, q) is divided by.

    counted: first row and column that count, in padded coordinates; the end of both; times, offset.
    """
    low, high, times, offset = counted
    top, left = p * stride[0], q * stride[1]
    rows = top + min(window[0], high[0] - top) - max(top, low[0])
    columns = left + min(window[1], high[1] - left) - max(left, low[1])
    return real(rows * columns * times + offset) * sign


def counted(
    op: str, windows: Problem, count_include_pad: bool, divisor_override: int | None
) -> tuple[Counted, float]:
    """Return what `divisor` takes of checked options: counted, sign.

    Raises TypeError or ValueError for what PyTorch rejects.
    """
    include_pad = flag(op, "count_include_pad", count_include_pad)
    value = 0
    if divisor_override is not None:
        value = arguments.integer(op, "divisor_override", divisor_override)
        if value == 0 or not -(2**63) <= value < 2**63:
            arguments.reject(op, "divisor_override", value, "None or a 64-bit integer other than 0")
    (_, _, h, w), (rows, columns) = windows.input_size, windows.padding
    low = (0, 0) if include_pad else windows.padding
    beyond = windows.padding if include_pad else (0, 0)
    high = h + rows + beyond[0], w + columns + beyond[1]
    return (low, high, int(value == 0), abs(value)), -1.0 if value < 0 else 1.0
