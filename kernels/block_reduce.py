"""Block reductions: the threads of a block combine one value each by a tree, in a fixed order.

Every thread of the block calls these together, with its own number t in the block and the same
`scratch` in shared memory: one word a thread, a power of two of them, which the tree halves. All
threads get the result, the same bits in every run. The active threads use neighbouring words, all
in different banks.
"""

from crosscheck.kernels.launch import cuda, device_function, index

THREADS = 128  # in a block of most kernels that reduce


@device_function
def block_and_thread():
    """Return the number of the block and that of the thread in it, on the x axis."""
    return index(cuda.blockIdx.x), index(cuda.threadIdx.x)


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
