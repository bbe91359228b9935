"""The table on the terminal: a row for each kernel, under the name of its module."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.mix import Mix

WIDTH = 128  # columns: on a narrower terminal its lines wrap, better than numbers cut short

_RESOURCES = ("regs", "spills\nst/ld", "stack", "shared", "block", "blocks\nan SM", "warps\nan SM")
_MIX = (
    "instr.",
    "FMA",
    "global\nld/st",
    "shared\nld/st",
    "bar.",
    "bra.",
    "64-bit\ncalls",
    "instr.\nan FMA",
)


def render(inspections: Sequence[Inspection]) -> Table:
    """Return the table; a column of instructions is left out where nothing was disassembled."""
    disassembled = all(each.mix for each in inspections)
    table = Table(box=box.SIMPLE_HEAD, padding=0, header_style="bold")
    table.add_column("kernel", no_wrap=True, vertical="bottom")
    for head in _RESOURCES + (_MIX if disassembled else ()):
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    module = ""
    for each in inspections:
        previous, (module, function) = module, each.name.rsplit(".", 1)
        if module != previous:
            table.add_row(module, style="bold")
        cells = _resources(each) + (_mix(each.mix) if disassembled else [])
        spilled = each.resources.spill_stores or each.resources.spill_loads
        table.add_row(f"  {function}", *cells, style="red" if spilled else None)
    return table


def _resources(each: Inspection) -> list[str]:
    taken, fits = each.resources, each.occupancy
    return [
        str(taken.registers),
        _pair(taken.spill_stores, taken.spill_loads),
        str(taken.stack),
        str(taken.shared),
        "x".join(map(str, each.block)),
        str(fits.blocks),
        f"{fits.warps}/{fits.most_warps}",
    ]


def _mix(mix: Mix) -> list[str]:
    return [
        str(mix.instructions),
        str(mix.fma),
        _pair(mix.global_loads, mix.global_stores),
        _pair(mix.shared_loads, mix.shared_stores),
        str(mix.barriers),
        str(mix.branches),
        str(mix.wide_calls),
        f"{mix.loop.per_fma:.1f}" if mix.loop else "-",
    ]


def _pair(first: int, second: int) -> str:
    return f"{first}/{second}" if first or second else "-"
