"""Division for when only whole quotients count: a multiplication instead of twenty instructions.

An odd number has an inverse modulo 2^32, and modulo 2^64. Where it divides x, x times the inverse
is the quotient; where it does not, the product is some number above every quotient there is. A
power of two in the divisor is shifted out. So with

    p = quotient(x, reciprocal_of_d)

p * d == x holds, for a p whose product p * d does not wrap, just where d divides x.
"""

from functools import lru_cache

import numpy as np

from crosscheck.kernels.launch import device_function, index

Reciprocal = tuple[np.uint64, int]


@lru_cache
def reciprocal(divisor: int) -> Reciprocal:
    """Return (inverse of the odd part, power of two) of a divisor from 1 to 2^63: a kernel's
    argument.
    """
    shift = (divisor & -divisor).bit_length() - 1
    return np.uint64(pow(divisor >> shift, -1, 2**64)), shift


@device_function
def quotient(x, reciprocal):
    """Return x / d, a whole number, of an `index`; something else where d does not divide x."""
    inverse, shift = reciprocal
    return (x >> shift) * index(inverse)
