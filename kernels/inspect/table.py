"""The table of kernels on the terminal, grouped by module."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from crosscheck.kernels.inspect.ceiling import Ceiling
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.mix import Mix

WIDTH = 168  # columns: a narrower terminal wraps lines, which is better than truncated numbers

_RESOURCES = (
    "regs",
    "spills\nst/ld",
    "stack",
    "shared",
    "block",
    "blocks\nper SM",
    "warps per SM:\nlimited by",
)
_MIX = (
    "instr.",
    "FMA",
    "global\nld/st",
    "shared\nld/st",
    "bar-\nriers",
    "64-bit\ndivs.",
    "bytes a\nload g/s",
    "instr.\nper FMA",
    "at most,\nof FMA",
    "bytes\n/cycle",
    "bound by",
)


_LIMITS = {"registers": "regs", "shared memory": "shared"}  # shorter


def render(inspections: Sequence[Inspection]) -> Table:
    """Return the table, without the instruction mix where some kernel was not disassembled."""
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
        cells = _resources(each)
        if disassembled:
            cells += _mix(each.mix) + _ceiling(each.ceiling)
        spilled = each.resources.spill_stores or each.resources.spill_loads
        table.add_row(f"  {function}", *cells, style="red" if spilled else None)
    return table


def _resources(each: Inspection) -> list[str]:
    resources, occupancy = each.resources, each.occupancy
    limit = _LIMITS.get(occupancy.limited_by, occupancy.limited_by)
    return [
        str(resources.registers),
        _pair(resources.spill_stores, resources.spill_loads),
        str(resources.stack),
        str(resources.shared),
        "x".join(map(str, each.block)),
        str(occupancy.blocks),
        f"{occupancy.warps}/{occupancy.max_warps} {limit}",
    ]


def _mix(mix: Mix) -> list[str]:
    return [
        str(mix.instructions),
        str(mix.fma),
        _pair(mix.global_loads, mix.global_stores),
        _pair(mix.shared_loads, mix.shared_stores),
        str(mix.barriers),
        str(mix.wide_divisions),
        f"{mix.global_width:.2g}/{mix.shared_width:.2g}" if mix.global_width else "-",
        f"{mix.loop.per_fma:.2f}" if mix.loop else "-",
    ]


def _ceiling(ceiling: Ceiling) -> list[str]:
    share = f"{ceiling.fma:.1%}" if ceiling.fma else "-"
    return [share, f"{ceiling.bytes:.0f}", ceiling.bound]


def _pair(first: int, second: int) -> str:
    return f"{first}/{second}" if first or second else "-"
