"""Run the case that must catch a fault, while the fault is planted."""

from crosscheck.parity.faults.plant import Fault, planted
from crosscheck.parity.result import Result
from crosscheck.parity.run import run


def catch(fault: Fault) -> Result | None:
    """Return the first failing result of the fault's case, None if the case passes."""
    with planted(fault):
        results = run(["quick"], op=fault.op, case=fault.case)
        return next((result for result in results if not result.ok), None)
