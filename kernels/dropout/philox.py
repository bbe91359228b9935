"""Philox4x32-10: random numbers as a function of a counter, with no state to keep or to share.

Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11): ten rounds, each
multiplying two of the counter's four words into 64 bits and mixing the halves with the key. Any
thread can have any number of the stream, so results do not depend on which thread asks.
"""

import numpy as np

from crosscheck.kernels.launch import device_function

ROUNDS = 10
MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_0, WEYL_1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)  # golden ratio, sqrt(3) - 1
WORD = np.uint64(32)  # bits; a shift of uint64 by a plain integer would not stay uint64


@device_function
def words(number):
    """Return a number's low and high 32 bits, as uint32."""
    whole = np.uint64(number)
    return np.uint32(whole), np.uint32(whole >> WORD)


@device_function
def philox(c0, c1, c2, c3, key0, key1):
    """Return the four random words, uint32, of a counter of four words and a key of two."""
    for _ in range(ROUNDS):
        low0, high0 = words(MULTIPLIER_0 * c0)
        low1, high1 = words(MULTIPLIER_1 * c2)
        c0, c1 = np.uint32(high1 ^ c1 ^ key0), low1
        c2, c3 = np.uint32(high0 ^ c3 ^ key1), low0
        key0, key1 = np.uint32(key0 + WEYL_0), np.uint32(key1 + WEYL_1)
    return c0, c1, c2, c3
