"""Where a running kernel finds who it is: the memory layout of a worker.

A worker is one OS thread that runs blocks, one after another. All its memory is one region of
`ARENA` bytes, aligned to `ARENA`:

    0            the worker record: the running block, its shared memory, the last error
    1 KB         one thread record per CUDA thread of a block: threadIdx, stack pointer, state
    256 KB       shared memory
    512 KB       the stacks, one of `STACK` bytes per CUDA thread

Code that runs on one of those stacks finds its worker by masking its own stack address, and its
thread record through the worker's `CURRENT` word: no thread-local storage, no hidden argument, so
a device function finds them just as well.

Every field is a 64-bit word. Pages nobody touches cost nothing: the region is reserved, not used.
"""

import mmap

MAX_THREADS = 1024  # per block, as on every NVIDIA GPU
MAX_SHARED = 227 * 1024  # bytes per block, Hopper's limit; 48 KB of them static
MAX_STATIC_SHARED = 48 * 1024
MAX_RESIDENT = 256  # blocks of a launch with a barrier of the whole grid: a worker each

ARENA = 1 << 28
STACK = 5 << 15
# Stacks begin at different places of a page, or all their hot ends would share one set of a cache.
STAGGER, STAGGER_RANGE = 13 * 64, 1 << 15
MAX_LOCAL = STACK - (1 << 16)  # bytes of local arrays; the rest is for frames and the stagger
RESERVED = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
SHARED_ALIGNMENT = 1024  # the most that a shared array, static or dynamic, can ask for
THREADS_AT = 1 << 10
THREAD_BYTES = 128
SHARED_AT = 1 << 18
STACKS_AT = 1 << 19
WARP = 32  # threads
POISON = 0xFF  # the bytes of memory that nobody has written: a NaN, or -1
STOPPED = 1 << 62  # what a launch's counter is set to when no other block shall begin

# Words of the worker record.
CURRENT = 0  # address of the record of the thread that runs now
BLOCK_IDX = 1  # x, y, z
BLOCK_DIM = 4
GRID_DIM = 7
SHARED = 10  # address of this block's shared memory
DYNAMIC = 11  # address of its dynamic part
DYNAMIC_BYTES = 12
SCHEDULER = 13  # the scheduler's stack pointer while a thread runs
ENTRY = 14  # what a fiber calls for each block: i32 entry(void *arguments)
ARGUMENTS = 15
STATUS = 16  # of the entry that failed, 0 when none did
EXCEPTION = 17  # numba's exception record, when there is one
BAD_SITE = 18  # which access was out of bounds, how many numbers its index has,
BAD_RANK = 19
BAD_UNSIGNED = 20  # which of them are unsigned, one bit each,
BAD_INDEX = 21  # these numbers, up to MAX_CHECKED,
BAD_SHAPE = 37  # and the array's extents there
MAX_CHECKED = 16
FIBERS = 53  # how many a block has: one a thread, or one that loops over the threads
COUNTER = 54  # address of the launch's next block
BLOCKS = 55  # how many blocks the launch has
BLOCK_STRIDE = 56  # block n of the counter is block (n * stride + offset) % blocks of the grid
BLOCK_OFFSET = 57
SEED = 58  # of a random order of threads; 0: in order
RANDOM = 59  # the generator's state
POISONED = 60  # bytes of shared memory to fill before each block
STRICT = 61  # 1: a barrier wants every thread of the block, and all at the same line
EPOCH = 62  # how many barriers this block has passed
HOOK = 63  # what an instrumented kernel tells the sanitizer's runtime, 3 words
SANITIZER = 66  # address of the sanitizer's record of this launch
STEP = 67  # how many blocks a kernel whose threads never wait takes at once
WORKER_WORDS = 128

# Words of a thread record.
THREAD_IDX = 0  # x, y, z
STACK_POINTER = 3
STATE = 4
SITE = 5  # the place in the source where the thread waits
MASK = 6  # the lanes a warp operation is for
VALUE = 7  # what the thread brings to the others, and what is there when all have come:
SEEN = 8  # its own value, for the others to read; or how many brought one that is not 0
PRESENT = 9  # which lanes took part; or how many threads
BALLOT = 10  # which lanes brought a value that is not 0
WHO = 11  # under the sanitizer: the stamp of this thread's accesses, in two words,
WHEN = 12
FENCED = 13  # when it last called a fence, one for its block at least,
FENCED_GRID = 14  # one for the grid,
ACQUIRED = 15  # and how many releases there were when it last acquired
THREAD_WORDS = THREAD_BYTES // 8

# What STATE says. Those from AT_SYNCWARP on are for the thread's warp alone to end.
READY, FINISHED, AT_BARRIER, AT_VOTE, AT_GRID = 0, 1, 2, 3, 4
AT_SYNCWARP, AT_EXCHANGE, AT_CONVERGENCE, FAILED = 5, 6, 7, 8
