"""Does the suite "quick" catch a fault? It must, and on the case that the fault names."""

from crosscheck.parity.faults.plant import Fault, planted
from crosscheck.parity.result import Result
from crosscheck.parity.run import run


def catch(fault: Fault) -> Result | None:
    """Return the first failing result of the fault's case while it is planted, None if all pass."""
    with planted(fault):
        results = run(["quick"], op=fault.op, case=fault.case)
        return next((result for result in results if not result.ok), None)
