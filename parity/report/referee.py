"""What the referee says of PyTorch: which results are wrong, and which change from run to run.

A message of a result lists its failures; a second run that gave other bits is one of them.
"""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from crosscheck.parity.check import OTHER_BITS
from crosscheck.parity.result import Result
from crosscheck.parity.worker import NO_DIRECTION

LEFT_OUT = "Left out: poisoned outputs (PyTorch returns new ones), dropout (random), the sanitizer."


def conclude(console: Console, results: Sequence[Result], facts: Mapping[str, str]) -> None:
    """Print a line for each direction with a wrong or changing result, and one for all of them."""
    calls = [each for each in results if not each.unsupported]
    dead = [each for each in calls if each.direction == NO_DIRECTION]
    wrong = [each for each in calls if _is_wrong(each) and each not in dead]
    changing = [each for each in calls if OTHER_BITS in each.message]
    for found, what in (
        (dead, "ended their process"),
        (wrong, "outside their bound"),
        (changing, "not reproducible"),
    ):
        for key in dict.fromkeys(map(_key, found)):
            of = [each for each in found if _key(each) == key]
            total = sum(_key(each) == key for each in calls)
            text = f"\n{' '.join(key)}: {len(of):,} of {total:,} {what}{_special(of)}"
            console.print(Text(text, style="red"), soft_wrap=True)
            console.print(Text(f"  {of[0].message}\n  {of[0].repro}"), soft_wrap=True)
    console.print(f"\n{LEFT_OUT}", highlight=False, soft_wrap=True)
    text = f"PyTorch {facts['torch']} on {facts['device']}: {len(wrong):,} of {len(calls):,} calls"
    text += f" outside their bound{_special(wrong)}, {len(changing):,} not reproducible"
    text += f", {len(dead):,} ended their process" if dead else ""
    console.print(text, style="bold", highlight=False, soft_wrap=True)


def _key(result: Result) -> tuple[str, ...]:
    return result.op, result.direction, result.dtype


def _special(found: Sequence[Result]) -> str:
    """Return how many are of special values, where PyTorch's backends differ among themselves."""
    count = sum(each.special for each in found)
    return f" ({count:,} on NaN, infinite or huge numbers)" if count else ""


def _is_wrong(result: Result) -> bool:
    failures = result.message.split("; ")
    return not result.ok and any(not each.startswith(OTHER_BITS) for each in failures)
