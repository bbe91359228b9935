"""Shared memory: 32 banks, each gives one word of 4 bytes at a time.

Lanes that want different words of one bank are served one after the other; lanes that want the same
word, or parts of it, are served at once. An access of 8 bytes is served for half a warp at a time,
one of 16 for a quarter: no bank has to give more than one word for it either, when all is well.
Source: CUDA C++ Programming Guide, "Shared Memory" of compute capability 5.x and later.
"""

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE

BANKS, WORD = 32, 4


def passes(
    requests: np.ndarray, lane: np.ndarray, address: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how often shared memory is read for each request, and how often without conflicts.

    Addresses count from the start of the block's shared memory.
    """
    words = np.maximum(size // WORD, 1)  # a lane's
    part = lane // (WARP_SIZE // words)  # of the warp, those served together
    groups = requests * WARP_SIZE + part
    lanes = np.repeat(np.arange(len(address)), words)
    offset = np.arange(len(lanes)) - np.repeat(np.cumsum(words) - words, words)
    word = address[lanes] // WORD + offset
    most = int(word.max()) + 1
    wanted = np.unique(groups[lanes] * most + word)  # each word once for each group
    banks, words_of_bank = np.unique(
        wanted // most * BANKS + wanted % most % BANKS, return_counts=True
    )
    group, starts = np.unique(banks // BANKS, return_index=True)
    slowest = np.maximum.reduceat(words_of_bank, starts)  # the bank that the group waits for
    request = group // WARP_SIZE
    return np.bincount(request, slowest).astype(np.int64), np.bincount(request)
