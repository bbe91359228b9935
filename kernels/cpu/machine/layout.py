"""The memory layout of a worker.

A worker is one OS thread that runs blocks, one after another. All its memory is one region of
`ARENA` bytes, aligned to `ARENA`:

    0            the worker record: the running block, its shared memory, the last error
    1 KB         one thread record per CUDA thread of a block: threadIdx, stack pointer, state
    192 KB       a scratch for each warp, of its mma and ldmatrix
    256 KB       shared memory
    512 KB       the stacks, one of `STACK` bytes per CUDA thread

Code that runs on one of these stacks finds its worker by masking its stack address, and its thread
record through the worker's `CURRENT_THREAD`. That takes neither thread-local storage nor a hidden
argument, so device functions find both the same way.

Every field is a 64-bit word. The region is reserved, not allocated: pages that are never touched
cost nothing.
"""

import mmap

MAX_THREADS = 1024  # per block, as on every NVIDIA GPU
MAX_SHARED = 227 * 1024  # bytes per block, Hopper's limit; 48 KB of them static
MAX_STATIC_SHARED = 48 * 1024
MAX_RESIDENT = 256  # blocks of a cooperative launch, in which each has a worker of its own

ARENA = 1 << 28
STACK = 5 << 15
# Stacks begin at different offsets in a page: otherwise their hot ends would share one cache set.
STAGGER, STAGGER_RANGE = 13 * 64, 1 << 15
MAX_LOCAL = STACK - (1 << 16)  # bytes of local arrays; the rest is for frames and the stagger
MMAP_FLAGS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
SHARED_ALIGNMENT = 1024  # the largest alignment of a shared array
THREADS_OFFSET = 1 << 10
THREAD_BYTES = 128
WARP_SCRATCH_OFFSET = 3 << 16
WARP_SCRATCH_BYTES = 1 << 11  # language/ptx/collective.py
SHARED_OFFSET = 1 << 18
STACKS_OFFSET = 1 << 19
WARP_SIZE = 32  # threads
POISON = 0xFF  # every byte of unwritten memory: a NaN, or -1
# The value of a launch's block counter that lets no further block begin. Those that run are left at
# the next poke (scheduler/rescue.py).
STOPPED = 1 << 62

# Words of the worker record.
CURRENT_THREAD = 0  # address of the running thread's record
BLOCK_IDX = 1  # x, y, z
BLOCK_DIM = 4
GRID_DIM = 7
SHARED = 10  # address of the block's shared memory
DYNAMIC_SHARED = 11  # address of its dynamic part
DYNAMIC_SHARED_BYTES = 12
SCHEDULER_STACK = 13  # the scheduler's stack pointer while a thread runs
ENTRY = 14  # address of what a fiber calls for each block: i32 entry(void *arguments)
ARGUMENTS = 15
STATUS = 16  # how the run ended (scheduler/blocks.py); the code of an entry that failed
EXCEPTION = 17  # address of numba's exception record, where an entry failed
ACCESS_SITE = 18  # of an access out of bounds: its site,
ACCESS_RANK = 19  # how many integers its index has,
ACCESS_UNSIGNED = 20  # which of them are unsigned, one bit each,
ACCESS_INDEX = 21  # the integers, at most MAX_DIMENSIONS,
ACCESS_SHAPE = 37  # and the array's extents along these axes
MAX_DIMENSIONS = 16
FIBERS = 53  # how many a block has: one per thread, or one that loops over the threads
BLOCK_COUNTER = 54  # address of the number of the launch's next block
BLOCKS = 55  # how many blocks the launch has
BLOCK_STRIDE = 56  # block n of the counter is block (n * stride + offset) % blocks of the grid
BLOCK_OFFSET = 57
SEED = 58  # of the random order of threads; 0: threads run by number
RANDOM_STATE = 59  # state of the random number generator
POISONED_BYTES = 60  # how many bytes of shared memory are poisoned before each block
STRICT = 61  # 1: every thread of the block must come to a barrier, and to the same one
HOOK_ARGUMENTS = 62  # 3 words: the arguments of a call to the sanitizer's runtime
CONTROL_RECORD = 65  # address of the sanitizer's control record of this launch
BLOCKS_AT_ONCE = 66  # how many blocks a kernel whose threads never wait takes at once
FAULT_SIGNAL = 67  # of a thread that crashed: the signal,
FAULT_ADDRESS = 68  # and the address that it accessed, 0 where the processor does not say
RAISED = 69  # 3 words: what a signal handler of Python's raised during the launch, or 0
HOLDS_LOCKS = 72  # 1: the kernel calls functions of the C library that hold locks
LAST_WORDS = 73  # address and size of what to write before the process dies in such a function
POKED = 75  # 1: a poke came where it could not be served
PREEMPT_IN = 76  # how many accesses on a thread is next preempted, where there is a seed
PREEMPTIONS = 77  # how many there have been in this block
MMA_BLOCK = 78  # how many products of TF32 mma adds at once, 0 for the exact sum,
MMA_EXTRA_BITS = 79  # and how many bits it keeps below 24 (language/ptx/tensor_core.py)
WORKER_WORDS = 128

# Words of a thread record.
THREAD_IDX = 0  # x, y, z
STACK_POINTER = 3
STATE = 4
SITE = 5  # the place in the source where the thread waits
MASK = 6  # the lanes of its warp operation; above them the site, where all must be at one
VALUE = 7  # the thread's own value in a warp operation or a vote of the block
PUBLISHED = 8  # once all have come: its value, for other lanes to read; or the number of votes
PARTICIPANTS = 9  # once all have come: which lanes took part; or how many threads
BALLOT = 10  # once all have come: which lanes have a value other than 0
IDENTITY = 11  # the rest is the sanitizer's (sanitizer/records.py): the stamp of its accesses,
TIMESTAMP = 12  # in two words,
LAST_FENCE = 13  # the timestamp of its last fence, for the block or the grid,
LAST_GRID_FENCE = 14  # that of its last fence for the grid,
ACQUIRED = 15  # and how many releases had happened when it last acquired
THREAD_WORDS = THREAD_BYTES // 8

# The values of STATE. From AT_SYNCWARP on, the thread waits for lanes of its own warp only.
READY, FINISHED, AT_BARRIER, AT_VOTE, AT_GRID = 0, 1, 2, 3, 4
AT_SYNCWARP, AT_EXCHANGE, AT_CONVERGENCE, FAILED = 5, 6, 7, 8

# Words of the process record, for signal handlers: they may only look things up.
WORKER_MAP = 0  # address of one byte for each ARENA of the address space: 1 where a worker is
CODE_RANGES = 1  # address of pairs of words: start and end of each program's machine code
CODE_COUNT = 2  # how many there are
POKES_SERVED = 3  # how many pokes came at a point where they could be served
PROCESS_WORDS = 8
ADDRESS_BITS = 47  # of user space on x86-64
MAX_CODE_RANGES = 1 << 18

# Words of Linux's ucontext_t on x86-64.
RSP, RIP, FLAGS, FLOAT_STATE = 20, 21, 22, 28
