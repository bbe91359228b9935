"""Integers that must be in a range: a class, an index.

On the CPU they are looked at before anything is launched. On a GPU that would wait for what
computes them. There a kernel looks, and what it finds is raised later: see `kernels.deferred`.

Threads: block b looks at the elements b * THREADS + t, and on in steps of all threads; a tree in
shared memory finds its first that is wrong, and one thread notes it in the block's own row: no two
write to the same place, so no atomics. Layout: any strides.
"""

import numpy as np

from crosscheck.kernels import arrays, deferred
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import block_and_thread, block_max
from crosscheck.kernels.deferred import Kind
from crosscheck.kernels.launch import cuda, index, kernel

THREADS = 256  # a power of two: the tree halves it


@kernel
def range_kernel(values, first, last, exempt, kind, notes):
    """values (i) integers: first to last, or `exempt`; notes (blocks, 3): kind, value, last."""
    scratch = cuda.shared.array(THREADS, np.int64)
    N = index(values.shape[0])
    block, t = block_and_thread()
    left = np.int64(0)  # the number of elements from the first wrong one on, 0 if none is wrong
    for i in range(block * THREADS + t, N, index(cuda.gridDim.x) * THREADS):
        value = values[i]
        if (value < first or value > last) and value != exempt and left == 0:
            left = np.int64(N - i)
    left = block_max(scratch, t, left)
    if t == 0 and left != 0:
        notes[block, 1] = values[N - index(left)]
        notes[block, 2] = last
        cuda.threadfence_system()  # the host may look any time: a note with a kind is complete
        notes[block, 0] = kind


def check(
    op: str, name: str, values: Array, last: int, exempt: int, what: str, from_end: bool = False
) -> None:
    """Require integers from 0 to `last`, or `exempt`; `what` messages call those from 0 to `last`.

    With from_end, -1 stands for the last of them, and so on down.

    Raises IndexError: on a GPU for what an earlier call found, and the next call for this one.
    """
    first = -1 - last if from_end else 0
    expected = f"{what} from 0 to {{}}" + ", or as many below 0" * from_end
    if _is_at_hand(values):
        wrong = values[((values < first) | (values > last)) & (values != exempt)]
        if wrong.size:
            reject(op, name, int(wrong[0]), expected.format(last), IndexError)
        return
    deferred.raise_known()
    if values.size:
        blocks = min(deferred.BLOCKS, -(-values.size // THREADS))
        kind = np.int64(deferred.number(Kind(op, name, expected)))
        notes = deferred.notes(arrays.namespace(values))
        launch = range_kernel[blocks, THREADS]
        launch(values.reshape(-1), np.int64(first), np.int64(last), np.int64(exempt), kind, notes)
        deferred.looked()


def _is_at_hand(values: Array) -> bool:
    """Whether reading the values waits for nothing."""
    return arrays.device(values) == "cpu"
