"""The CPU device: kernels written for numba.cuda, compiled for the CPU.

One fiber per CUDA thread, blocks spread over the cores, compiled code kept on disk. Depends on
numba and NumPy only (debugger/ also needs greenlet). The rooms, each using those below it only:

    cuda/             stands in for numba.cuda where a script imports that
    launch/           a kernel as a program holds it, and its launches: start here
    debugger/         runs a kernel in plain Python, for pdb and print
    sanitizer/        watches a kernel while it runs
    compiler/         from a Python function to machine code, kept on disk
    arguments/        what a launch is given
    instrumentation/  what the sanitizer puts into a kernel while it is compiled
    language/         what kernels may be written in
    lowering/         what the language is made with
    scheduler/        who runs next
    machine/          workers, their memory and their fibers
    functions/        the functions a kernel is made of
    options/          what a program may ask for
"""

from .launch.decorator import jit
from .launch.failures import BarrierError, KernelFault
from .options import modes
from .sanitizer.findings import InitError, RaceError, SanitizerError
from .sanitizer.trace import recording

__all__ = [
    "BarrierError",
    "InitError",
    "KernelFault",
    "RaceError",
    "SanitizerError",
    "jit",
    "modes",
    "recording",
]
