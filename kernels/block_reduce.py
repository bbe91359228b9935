"""Block reductions: the threads of a block combine one value each by a tree, in a fixed order.

Every thread of the block calls these together, with its own number t in the block and the same
`scratch` in shared memory: one word a thread, a power of two of them, which the tree halves. All
threads get the result, the same bits in every run. The active threads use neighbouring words, all
in different banks.

A kernel with a block for each row loops over `rows_of_block`, as its grid may have fewer blocks:

    for row in rows_of_block(rows): ...       kernel[grid(rows), THREADS](...)
"""

from crosscheck.kernels.launch import cuda, device_function, index

THREADS = 128  # in a block of most kernels that reduce
BLOCKS = 2**31 - 1  # of a grid along x, at most


@device_function
def block_and_thread():
    """Return the number of the block and that of the thread in it, on the x axis."""
    return index(cuda.blockIdx.x), index(cuda.threadIdx.x)


def grid(rows: int) -> int:
    """Return how many blocks to launch for so many rows: one each, if a grid can have them."""
    return min(rows, BLOCKS)


@device_function
def rows_of_block(rows):
    """Return the rows of this block: its own number, and every number of blocks from there."""
    return range(index(cuda.blockIdx.x), rows, index(cuda.gridDim.x))


@device_function
def block_sum(scratch, t, value):
    """Return the sum of the block's values."""
    scratch[t] = value
    cuda.syncthreads()  # every value is there before the tree reads it
    half = index(scratch.shape[0]) // 2
    while half != 0:
        if t < half:
            scratch[t] += scratch[t + half]
        cuda.syncthreads()  # this level is complete before the next one reads it
        half //= 2
    total = scratch[0]
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return total


@device_function
def block_max(scratch, t, value):
    """Return the largest of the block's values; none of them is NaN."""
    scratch[t] = value
    cuda.syncthreads()  # every value is there before the tree reads it
    half = index(scratch.shape[0]) // 2
    while half != 0:
        if t < half:
            scratch[t] = max(scratch[t], scratch[t + half])
        cuda.syncthreads()  # this level is complete before the next one reads it
        half //= 2
    largest = scratch[0]
    cuda.syncthreads()  # everyone has the result before `scratch` is used again
    return largest
