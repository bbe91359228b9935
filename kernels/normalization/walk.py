"""Walking the elements of an (n, c, l) array: l counts everything behind the channels."""

from crosscheck.kernels.launch import device_function, index


@device_function
def unravel(i, C, L):
    """Return (n, c, l) of element i."""
    row = index(i // L)
    return index(row // C), index(row % C), index(i % L)


@device_function
def split(i, L):
    """Return (n, l) of element i of one channel."""
    return index(i // L), index(i % L)


@device_function
def advance(at, step, L):
    """Return at + step, both (n, l): a compare where `split` divides. Both l are below L."""
    n, l = index(at[0] + step[0]), index(at[1] + step[1])  # noqa: E741
    if l >= L:
        n, l = index(n + index(1)), index(l - L)  # noqa: E741
    return n, l
