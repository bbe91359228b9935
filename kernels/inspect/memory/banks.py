"""Bank conflicts: shared memory has 32 banks, and each gives one word of 4 bytes in a pass.

A request takes one pass unless its lanes access different words of the same bank: then it takes as
many passes as there are words. Lanes that access the same word, or parts of it, share a pass.
An access of 8 bytes is served for half a warp at a time, one of 16 bytes for a quarter, so that
without conflicts each bank still gives one word in a pass. (Nsight Compute calls passes
wavefronts.) Source: CUDA C++ Programming Guide, "Shared Memory" of compute capability 5.x.
"""

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.inspect.memory.requests import distinct

BANKS, WORD = 32, 4


def passes(
    requests: np.ndarray, lane: np.ndarray, address: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the passes of each request, and the passes it would take without conflicts.

    The arrays have an element for each access; `requests` numbers their requests from 0, and
    addresses count from the start of the block's shared memory.
    """
    words = np.maximum(size // WORD, 1)  # of one lane
    part = lane // (WARP_SIZE // words)  # the half or quarter of the warp that is served together
    groups = requests * WARP_SIZE + part
    lanes = np.repeat(np.arange(len(address)), words)
    offset = np.arange(len(lanes)) - np.repeat(np.cumsum(words) - words, words)
    word = address[lanes] // WORD + offset
    stride = int(word.max()) + 1
    accessed = distinct(groups[lanes] * stride + word)  # each word once for each group
    banks, words_of_bank = np.unique(
        accessed // stride * BANKS + accessed % stride % BANKS, return_counts=True
    )
    group, starts = np.unique(banks // BANKS, return_index=True)
    slowest = np.maximum.reduceat(words_of_bank, starts)  # the bank that the group waits for
    request = group // WARP_SIZE
    return np.bincount(request, slowest).astype(np.int64), np.bincount(request)
