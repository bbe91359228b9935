"""The reasons why tests of numba-cuda fail on the CPU device: what they need or expect.

The message of a failure belongs to the first group whose pattern it contains. A test that did not
end has no message; run.py knows its group.
"""

import re

PTX = "PTX, SASS, LLVM IR or register counts"
LINKS = "linking PTX or CUDA C++"
DRIVER = "the driver (contexts, memory managers, modules, IPC)"
COMPILER = "internals of numba-cuda's compiler"
PACKAGE = "a package or GPU library that is not installed"
ALLOCATES = "arrays allocated in a kernel, which numba-cuda disables by default"
WARNINGS = "a warning about configuration or performance on a GPU"
FP8 = "fp8"
ERRORS = "an error that the CPU device does not raise, or the reverse"
WORDING = "numba-cuda's wording or type of an error"
TIME = "the time limit"
CRASH = "a crash of the process"
OTHER = "other reasons"

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
    (ERRORS, r"Unexpected success|NOT RAISE|not raised|tuple index out of range"),
    (WORDING, r"not found in|does not match|didn't match|Regex|: launch_bounds$"),
)

GROUPS = (*(name for name, _ in _PATTERNS), TIME, CRASH, OTHER)


def group(message: str) -> str:
    """Return the first group whose pattern a failure's message contains, or OTHER."""
    for name, pattern in _PATTERNS:
        if re.search(pattern, message):
            return name
    return OTHER
