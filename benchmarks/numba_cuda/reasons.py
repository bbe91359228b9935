"""Why a test of numba-cuda's does not pass here: a group for each message.

The groups that no CPU could mean come first; the last is what remains to be looked at.
"""

import re

PTX = "ask for PTX, SASS, LLVM or registers"
LINKS = "link PTX or CUDA C++"
DRIVER = "ask the driver: contexts, memory managers, modules, IPC"
COMPILER = "take numba-cuda's compiler apart"
PACKAGE = "need a package or a GPU's library that is not there"
ALLOCATES = "allocate arrays in a kernel, which numba-cuda has off by default"
WARNINGS = "want a warning about settings or speed on a GPU"
FP8 = "fp8"
STRICTER = "want an error that is missing on a GPU, or none where there is one here"
WORDING = "want numba-cuda's words or type of an error"
TIME = "ran past the limit of time"
OTHER = "others"

_PATTERNS = (
    (FP8, r"fp8"),
    (PTX, r"makes no PTX|no registers|-- ?DUMP|NVVM|BINARY_OP|CFG dominators"),
    (LINKS, r"nothing to link|_Linker|nvjitlink"),
    (PACKAGE, r"No module named '(cffi|cupy|ml_dtypes)|DynamicLibNotFoundError"),
    (WARNINGS, r"NumbaPerformanceWarning|NumbaInvalidConfigWarning|under-utilization"),
    (
        DRIVER,
        r"'(Context|Device|_DeviceList|Stream|MemoryPointer)' object has no|has no driver|ipc|"
        r"cudadrv\.(driver|devicearray)' has no|'synchronize' to |Calls not found|CudaDriverError",
    ),
    (
        COMPILER,
        r"No module named 'numba\.cuda\.|cannot import name|_compile_for_args|compile_device|"
        r"has no cuda\.target|\b_cache|usecases\.py|CUDADispatcher|launch_config|_dbg_optnone|"
        r"'(Overload|Dispatcher|DeviceFunction)' object has no",
    ),
    (ALLOCATES, r"Only accept returning of array|NRT required|_ol_array_allocate|NRT_"),
    (STRICTER, r"Unexpected success|NOT RAISE|not raised|tuple index out of range"),
    (WORDING, r"not found in|does not match|didn't match|Regex|: launch_bounds$"),
    (TIME, r"^ran past the limit"),
)

GROUPS = (*(name for name, _ in _PATTERNS), OTHER)


def group(message: str) -> str:
    """Return the first group whose words a failure's message has."""
    for name, pattern in _PATTERNS:
        if re.search(pattern, message):
            return name
    return OTHER
