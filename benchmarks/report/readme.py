"""README's table of results, between two markers, with what is lost in it."""

from collections.abc import Iterator
from pathlib import Path

from crosscheck.benchmarks.report import html
from crosscheck.benchmarks.report.layers import group, is_of_a_cpu, lost
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import OURS

PATH = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
LOST_SHOWN = 3

_HEAD = "| suite | direction | layers | ours, us | PyTorch, us | times as fast |"
_RULE = "|---|---|--:|--:|--:|--:|"


def parts(path: Path) -> tuple[str, str]:
    """Return a file's text before its table and behind it, with the markers.

    Raises ValueError where the markers are not there, once each and in order, and OSError.
    """
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise ValueError(f"{path} has no table to rewrite; expected {BEGIN} and {END}, once each")
    return before + BEGIN, END + after


def table(results: Results) -> str:
    """Return the table in Markdown, with a line of where and how it was measured.

    Raises ValueError where nothing was measured beside PyTorch.
    """
    groups = [each for each in group(results.rows) if each.dtype == "float32"]
    lines = [each for each in html.summary(groups) if each.subject == OURS]
    if not lines:
        raise ValueError("no layer was computed in float32 by both Crosscheck and PyTorch")
    rows = [
        f"| {each.suite} | {each.direction} | {each.layers} | {each.time:,.0f} |"
        f" {each.theirs:,.0f} | {each.speed:.2f} |"
        for each in lines
    ]
    worst = lost(groups)
    compared = sum(each.layers for each in lines)
    where = "; ".join(
        f"{each.suite} {each.name}, {each.direction}: {each.speed():.2f}"
        for each in worst[:LOST_SHOWN]
    )
    rows.append(f"| **where we lose** | {where or 'nowhere'} | {len(worst)} of {compared} | | | |")
    return "\n".join([*_said(results), "", _HEAD, _RULE, *rows])


def _said(results: Results) -> Iterator[str]:
    facts = results.environment
    if is_of_a_cpu(results.rows):
        yield "**Measured on a CPU, on layers cut down for it: this tells nothing about a GPU.**"
    named = [facts[name] for name in ("device", "date") if name in facts]
    named += [f"{name} {facts[name]}" for name in ("driver", "commit") if name in facts]
    yield ", ".join(named) + "."
    yield "Float32, PyTorch in IEEE arithmetic; each layer as often as the network has it."
    if facts.get("command"):
        yield f"`{facts['command']}`"
