"""The records of a sanitized launch, in 64-bit words, which the compiled runtime reads and writes.

A stamp is the identity of an access and its timestamp, one word each:

    identity     block << 32 | thread in the block << 22 | site
    timestamp    barriers of the grid << 44 | barriers of the block since then << 24 | clock

The clock counts what orders a thread's accesses other than a barrier of its block: syncwarps and
fences. Where an address or a timestamp is 0, there is none.
"""

from ..functions.traits import SITE_BITS

# Fields of a stamp.
BLOCK_SHIFT, THREAD_SHIFT, SITE_MASK = 32, SITE_BITS, (1 << SITE_BITS) - 1
WARP_SHIFT = THREAD_SHIFT + 5  # of the number of the warp, and the block above it
GRID_SHIFT, EPOCH_SHIFT, CLOCK_MASK = 44, 24, (1 << 24) - 1
FIRST_TIMESTAMP = 1 << EPOCH_SHIFT  # of a thread, so no timestamp is 0

# Words of the control record, whose address is in a worker's CONTROL_RECORD.
RACECHECK = 0  # 1 when racecheck is on
INITCHECK = 1  # 1 when initcheck is on
THREADS = 2  # of a block
SHARED_BYTES = 3  # of a block, static and dynamic
BLOCK_BEGUN = 4  # the last block that began on this worker, counted from 1
REGIONS, REGION_COUNT = 5, 6
UNWRITTEN_RANGES, UNWRITTEN_COUNT = 7, 8
ARENA_SHADOW = 9  # address of a byte for each byte of the worker's memory: 1 when written
THREAD_RELEASES = 10  # address of the releases of each thread of the grid
BLOCK_RELEASES = 11  # address of the releases of each block
VECTOR_CLOCKS = 12  # address of a vector clock for each thread of a block: a word for each lane
FINDINGS = 13
COUNTERS = 14  # address of two words: how many releases there were, how many findings
TRACE = 15  # address of the trace's record; 0 when none is kept
COPIES = 16  # address of a queue for each thread of a block: its copies that have not landed
MAPPED, MAPPED_COUNT = 17, 18  # START and END of the memory that there is; 0: no memcheck
CONTROL_WORDS = 19
RELEASE_COUNT, FINDING_COUNT = 0, 1

# A region: shared or global memory for which racecheck keeps cells, one for each granule.
START, END = 0, 1
SHIFT = 2  # a granule has 1 << SHIFT bytes
CELLS = 3
IS_SHARED = 4
REGION_WORDS = 5

# A cell: the stamps of two writes of the value that it has, of two reads and of two atomic updates.
# The timestamp of a read or an update is negative once a write has come after it; that of the first
# write has the bit IN_FLIGHT while it is an asynchronous copy that has not landed. The last stamp
# is that of such a copy which reads the element; a timestamp of 0 says that there is none.
IN_FLIGHT = 1 << 62
WRITES, READS, ATOMICS, SOURCE = 0, 4, 8, 12
CELL_WORDS = 14

# The queue of a thread: how many groups it has committed, the numbers of the first and of the next
# copy, and for each copy its cell and its group. A copy has entries for the cells that it writes,
# and for those that it reads, whose addresses have the bit IS_SOURCE.
IS_SOURCE = 1
COMMITTED, FIRST_COPY, NEXT_COPY, QUEUE = 0, 1, 2, 3
COPY_WORDS, MAX_COPIES = 2, 512
QUEUE_WORDS = QUEUE + COPY_WORDS * MAX_COPIES

# A trace's record. A row is an access: its identity, the packed access, its address.
ROWS, ROW_COUNT, MAX_ROWS = 0, 1, 2
SKIPS_LOCAL = 3  # 1: accesses to local memory are no rows
BYTES, KINDS = 4, 4  # bytes of all accesses: KINDS words for each space of memory
TRACE_WORDS = BYTES + 3 * KINDS
ROW_WORDS = 3

# An unwritten range: START, END, and the address of a byte for each of its bytes, 1 when written.
WRITTEN = 2
UNWRITTEN_WORDS = 3

# The releases of a thread, at the scope of its block and of the grid.
BLOCK_SCOPE_FIRST = 0  # number of its first release
BLOCK_SCOPE_TIME = 1  # timestamp of the last fence that it released
GRID_SCOPE_FIRST, GRID_SCOPE_TIME = 2, 3
GRID_FENCE_TIME = 4  # timestamp of its last fence for the grid, released or not
THREAD_RELEASE_WORDS = 5

# The releases of a block, at the scope of the grid.
FIRST_RELEASE = 0  # number of its first release
FENCE_EPOCH = 1  # epoch of the last fence that it released
LAST_ACQUIRE = 2  # how many releases there were when it last acquired
RELEASE_EPOCH = 3  # epoch of its last release
BLOCK_RELEASE_WORDS = 4

# A finding: the identity of the later access, that of the other, the kinds of both, how often it
# was found, whether each time in one warp, and the index of the first one.
IDENTITY, OTHER_IDENTITY, KIND, OTHER_KIND, TIMES, IN_WARP, RANK, INDEX = 0, 1, 2, 3, 4, 5, 6, 7
FINDING_WORDS = 23
MAX_FINDINGS = 100  # further ones, of other sites, are dropped
