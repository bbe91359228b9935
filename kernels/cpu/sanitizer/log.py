"""What the sanitizer has found in this process: findings that launches went on after, and remarks.

Each is written to the terminal where it first occurs. A launch that finds the same again only
counts. `summary` writes them all, each once with its count, and forgets them; a process that never
calls it does so when it ends.
"""

import atexit
import sys
import threading
from collections.abc import Iterable

from ..instrumentation.finding import Finding

_errors: dict[tuple, Finding] = {}
_remarks: dict[tuple, Finding] = {}
_lock = threading.Lock()


def add_errors(findings: Iterable[Finding]) -> None:
    """Note errors after which the program goes on."""
    _add(_errors, findings, "")


def add_remarks(findings: Iterable[Finding]) -> None:
    """Note what is no error, but worth a remark."""
    _add(_remarks, findings, "remark: ")


def _add(known: dict[tuple, Finding], findings: Iterable[Finding], lead: str) -> None:
    for finding in findings:
        with _lock:
            before = known.get(finding.key)
            known[finding.key] = before.again(finding.times) if before else finding
        if before is None:
            _write(f"{lead}{_line(finding)}")


def summary() -> int:
    """Write all that was found to the terminal, forget it, and return how many errors it were."""
    with _lock:
        errors, remarks = [*_errors.values()], [*_remarks.values()]
        _errors.clear()
        _remarks.clear()
    kernels = len({finding.kernel for finding in errors})
    counts = f"{_count(len(errors), 'finding')} in {_count(kernels, 'kernel')}"
    lines = [counts if errors else "no findings"]
    if remarks:
        lines[0] += f", {_count(len(remarks), 'remark')}"
    lines += [f"  {_line(finding)}" for finding in errors]
    lines += [f"  remark: {_line(finding)}" for finding in remarks]
    _write("\n".join(lines))
    return len(errors)


def _line(finding: Finding) -> str:
    return f"{finding.kernel}: {finding.tool}: {finding}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _write(text: str) -> None:
    print(f"sanitizer: {text}", file=sys.stderr, flush=True)


@atexit.register
def _summary_at_exit() -> None:
    """Sum up errors that nobody has summed up. Remarks alone were said, and are not repeated."""
    if _errors:
        summary()
