"""Run the case that must catch a fault, while the fault is planted."""

import contextlib
from collections.abc import Iterator

from numba.core.errors import NumbaError

from crosscheck.kernels import launch
from crosscheck.parity.faults.plant import Fault, planted
from crosscheck.parity.result import Result
from crosscheck.parity.run import run


def catch(fault: Fault) -> Result | None:
    """Return the first failing result of the fault's case, None if the case passes.

    Raises ValueError if the kernel does not compile with the fault: that shows no wrong result.
    """
    watched = contextlib.nullcontext()
    if fault.sanitize:
        watched = launch.sanitized(keep_going=False, same_value=True)
    with planted(fault), watched:
        results = run(["quick"], op=fault.op, case=fault.case, algorithm=fault.algorithm)
        caught = next((result for result in results if not result.ok), None)
    if caught and caught.message.partition(":")[0] in _compile_errors(NumbaError):
        raise ValueError(f"{fault.what}: does not compile: {caught.message}")
    return caught


def _compile_errors(error: type[Exception]) -> Iterator[str]:
    yield error.__name__
    for derived in error.__subclasses__():
        yield from _compile_errors(derived)
