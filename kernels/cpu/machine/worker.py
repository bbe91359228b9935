"""Allocates the memory that layout.py describes."""

import ctypes
import mmap

import numpy as np

from . import process_record
from .layout import (
    ARENA,
    CURRENT_THREAD,
    MAX_THREADS,
    MMAP_FLAGS,
    SHARED,
    SHARED_OFFSET,
    THREAD_BYTES,
    THREAD_IDX,
    THREAD_WORDS,
    THREADS_OFFSET,
    WORKER_WORDS,
)


class Worker:
    """The memory of one worker, and its words as NumPy arrays.

    `words` is the worker record, `threads[t]` the record of CUDA thread t of the block.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 2 * ARENA, flags=MMAP_FLAGS)
        # Huge pages would make each touched stack cost 2 MB instead of 4 KB.
        self._memory.madvise(mmap.MADV_NOHUGEPAGE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self.address = -(-start // ARENA) * ARENA
        self.words = self._view(0, (WORKER_WORDS,))
        self.threads = self._view(THREADS_OFFSET, (MAX_THREADS, THREAD_WORDS))
        self.words[SHARED] = self.address + SHARED_OFFSET
        process_record.add_worker(self.address)
        self.fibers_ready = 0  # how many fibers stand at the start of a block
        self._block = (0, 0, 0)

    def _view(self, offset: int, shape: tuple[int, ...]) -> np.ndarray:
        words = int(np.prod(shape))
        buffer = (ctypes.c_int64 * words).from_address(self.address + offset)
        return np.frombuffer(buffer, np.int64).reshape(shape)

    def set_threads(self, block: tuple[int, int, int]) -> None:
        """Write the threadIdx of every thread record, for blocks of this shape."""
        self.threads[0, THREAD_IDX : THREAD_IDX + 3] = 0  # a kernel without fibers counts here
        if block == self._block:
            return
        count = block[0] * block[1] * block[2]
        numbers = np.arange(count)
        self.threads[:count, THREAD_IDX] = numbers % block[0]
        self.threads[:count, THREAD_IDX + 1] = numbers // block[0] % block[1]
        self.threads[:count, THREAD_IDX + 2] = numbers // (block[0] * block[1])
        self._block = block

    def current_thread(self) -> np.ndarray:
        """Return the record of the thread that ran last."""
        offset = int(self.words[CURRENT_THREAD]) - self.address - THREADS_OFFSET
        return self.threads[offset // THREAD_BYTES]
