"""What does not depend on a machine's mood, compared, on the terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crosscheck.benchmarks.compare import floors
from crosscheck.benchmarks.compare.static import Comparison


def show(console: Console, found: Comparison) -> None:
    """Print which figures of which kernels changed, and the verdict."""
    if found.compilers:
        console.print("Not the same compiler: a figure may be a little worse.", style="bold")
        for name, text in zip(("before", "after"), found.compilers, strict=True):
            console.print(f"  {name}: {text}", soft_wrap=True, markup=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for name in ("kernel", "figure"):
        table.add_column(name)
    for name in ("before", "after"):
        table.add_column(name, justify="right")
    for name in ("", "where"):
        table.add_column(name)
    for each in found.figures:
        first, *others = each.variants
        where = f"{first.arch} {first.dtype} {first.index}-bit"
        where += f", and {len(others)} more" if others else ""
        word, style = ("worse", "red") if each.is_worse else ("better", "green")
        cells = each.kernel, each.figure, f"{each.before:g}", f"{each.after:g}", word, where
        table.add_row(*map(Text, cells), style=style)
    if found.figures:
        console.print(table)
    for what, kernels in (("only before", found.gone), ("only after", found.added)):
        for kernel in kernels:
            console.print(Text(f"{what}: {kernel}"), soft_wrap=True)
    if found.worse:
        console.print(Text(f"WORSE: {_count(len(found.worse))} got worse.", style="bold red"))
    else:
        better = len(found.figures)
        console.print(Text(f"Nothing got worse; {_count(better)} got better.", style="bold green"))


def show_floors(console: Console, found: floors.Comparison) -> None:
    """Print which calls take longer or shorter by prediction, and the verdict."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for name in ("GPU", "suite", "layer", "direction", "algorithm", "layout"):
        table.add_column(name)
    for name in ("before, us", "after, us", "ratio"):
        table.add_column(name, justify="right")
    table.add_column("bound by")
    for each in found.changes:
        after = each.after
        cells = (
            *(after.device, after.suite, after.layer, after.direction, after.algorithm),
            *(after.layout, f"{each.before.microseconds:,.1f}", f"{after.microseconds:,.1f}"),
            *(f"{each.ratio:.3f}", " -> ".join(dict.fromkeys((each.before.bound, after.bound)))),
        )
        table.add_row(*map(Text, cells), style="red" if each.ratio > 1 else "green")
    if found.changes:
        console.print(table)
    worse, calls = len(found.worse), found.calls
    style = "bold red" if worse else "bold green"
    console.print(Text(f"Predicted times: {worse} of {calls} calls got worse.", style=style))


def _count(number: int) -> str:
    return f"{number} figure" + ("" if number == 1 else "s") + " of a kernel"
