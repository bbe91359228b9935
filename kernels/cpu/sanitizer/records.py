"""The records of a sanitized launch, in 64-bit words: what the runtime reads and writes.

A stamp says who made an access and when, in two words:

    who     block << 32 | thread in its block << 22 | site
    when    times the whole grid has met << 44 | barriers of the block since then << 24 | clock

The clock counts what orders a thread's accesses without a barrier of its block: syncwarp, fences.
A 0 in place of an address or a `when` stands for nothing there.
"""

from ..functions.traits import SITE_BITS

# Fields of a stamp.
BLOCK_SHIFT, THREAD_SHIFT, SITE_MASK = 32, SITE_BITS, (1 << SITE_BITS) - 1
GRID_SHIFT, EPOCH_SHIFT, CLOCK_MASK = 44, 24, (1 << 24) - 1
FIRST_TIMESTAMP = 1 << EPOCH_SHIFT  # of a thread, so that no `when` is 0

# Words of the control record, which a worker's SANITIZER leads to.
RACECHECK = 0  # 1 when racecheck is on
INITCHECK = 1  # 1 when initcheck is on
THREADS = 2  # in a block
SHARED_BYTES = 3  # of a block, static and dynamic
BLOCK_BEGUN = 4  # the last block that began on this worker, counted from 1
REGIONS, REGION_COUNT = 5, 6
UNWRITTEN_RANGES, UNWRITTEN_COUNT = 7, 8
ARENA_SHADOW = 9  # a byte for each byte of the worker's arena: 1 when it was written
THREAD_RELEASES, BLOCK_RELEASES = (
    10,
    11,
)  # what each thread of the grid has released, and each block
VECTOR_CLOCKS = (
    12  # for each thread of a block, a word for each lane of its warp: the clock it knows
)
FINDINGS = 13
COUNTERS = 14  # address of two words: how many releases there were, how many findings
TRACE = 15  # address of the trace's record; 0 when none is kept
CONTROL_WORDS = 16
RELEASE_COUNT, FINDING_COUNT = 0, 1

# A region: memory that racecheck keeps cells for, shared or global.
START, END = 0, 1
SHIFT = 2  # a granule, the unit of memory with a cell of its own, has 1 << SHIFT bytes
CELLS = 3
IS_SHARED = 4
REGION_WORDS = 5

# A cell: stamps of the last write, of two readers and of two who updated it atomically.
WRITE, READS, ATOMICS = 0, 2, 6
CELL_WORDS = 10

# A trace's record, and its rows: who made an access, what it was, and where.
ROWS, ROW_COUNT, MAX_ROWS = 0, 1, 2
ROW_WORDS = 3

# A fresh range: START, END, and the address of a byte for each of its bytes, 1 when written.
WRITTEN = 2
UNWRITTEN_WORDS = 3

# A thread's releases, to its block and to the grid: the number of the first one, and the moment of
# the latest fence; and its latest fence for the grid, released or not. A block's: its first release
# to the grid, the epoch of the latest fence, how many releases there were when it last acquired,
# and the epoch of its latest release.
BLOCK_SCOPE_FIRST, BLOCK_SCOPE_TIME, GRID_SCOPE_FIRST, GRID_SCOPE_TIME, GRID_FENCE_TIME = (
    0,
    1,
    2,
    3,
    4,
)
THREAD_RELEASE_WORDS = 5
FIRST_RELEASE, FENCE_EPOCH, LAST_ACQUIRE, RELEASE_EPOCH = 0, 1, 2, 3
BLOCK_RELEASE_WORDS = 4

# A finding: WHO made the later access, WITH whom it collides, of which KINDS these are, how often
# it was found, and the index of the first one.
IDENTITY, OTHER_IDENTITY, KIND, OTHER_KIND, TIMES, RANK, INDEX = 0, 1, 2, 3, 4, 5, 6
FINDING_WORDS = 22
MAX_FINDINGS = 100  # kept; later ones of other places are dropped
