"""The roofline: what each kernel computes in a second over what it computes for each byte."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import DIRECTIONS, OURS, TORCH, Row
from crosscheck.benchmarks.rows import MEMORY, is_measured, is_pytorch, rate_of

MARKERS = ("o", "s", "^")


def points(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are drawn: of all but PyTorch's further columns, those with operations,
    because nothing else has a place on logarithmic axes.
    """
    return [row for row in _candidates(rows) if row.flops > 0 and row.bytes > 0]


def _candidates(rows: Sequence[Row]) -> list[Row]:
    return [
        row for row in rows if is_measured(row) and (row.subject == TORCH or not is_pytorch(row))
    ]


def picture(results: Results) -> Picture | None:
    """Return the picture; None without a point, or where no ceilings were measured."""
    found = points(results.rows)
    ceilings = {name: rate for name, rate in results.ceilings.items() if rate > 0}
    if not found or MEMORY not in ceilings or len(ceilings) < 2:
        return None
    left_out = len(_candidates(results.rows)) - len(found)
    text = (
        "Operations in a second over operations for each byte that has to move. The roofs are what"
        " this machine reached in the same run: a copy, and arithmetic in registers."
    )
    if left_out:
        text += f" {left_out} rows are not drawn: they have no operations that are counted."

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _roofs(axes, found, ceilings)
        _points(axes, found)

    return theme.draw("roofline", "Roofline", text, (9.2, 5.4), paint)


def _roofs(axes: Axes, rows: Sequence[Row], ceilings: dict[str, float]) -> None:
    """Draw the roofs, each over the intensities where it is the lowest, and set the axes."""
    copy = ceilings[MEMORY]
    flat = {name: rate for name, rate in ceilings.items() if name != MEMORY}
    intensities = [row.flops / row.bytes for row in rows]
    ridges = [rate / copy for rate in flat.values()]
    low, high = min(intensities + ridges) / 3, max(intensities + ridges) * 3
    highest = max(flat.values())
    axes.plot([low, highest / copy], [low * copy, highest], color=theme.ink(), lw=1.2)
    axes.annotate(
        f"copy, {rate_of(MEMORY, copy)}",
        (low * 1.3, low * 1.3 * copy),
        xytext=(8, -3),
        textcoords="offset points",
        va="top",
        fontsize=8,
    )
    for name, rate in flat.items():
        axes.plot([rate / copy, high], [rate, rate], color=theme.ink(), lw=1.2)
        axes.annotate(
            f"{name}, {rate_of(name, rate)}",
            (high, rate),
            xytext=(-2, 3),
            textcoords="offset points",
            ha="right",
            fontsize=8,
        )
    rates = [row.flops / row.microseconds * 1e6 for row in rows]
    axes.set(xscale="log", yscale="log", xlim=(low, high))
    axes.set_ylim(min([*rates, low * copy]) / 2, max([*rates, highest]) * 2)
    axes.set_xlabel("FLOP for each byte")
    axes.set_ylabel("FLOP/s")
    theme.plain(axes, "both")


def _points(axes: Axes, rows: Sequence[Row]) -> None:
    names = list(dict.fromkeys(_name(row) for row in rows))
    for row in rows:
        axes.scatter(
            row.flops / row.bytes,
            row.flops / row.microseconds * 1e6,
            marker=_marker(row.direction),
            s=26,
            lw=0.9,
            edgecolors=theme.color(_name(row)),
            facecolors="none" if is_pytorch(row) else theme.color(_name(row)),
            alpha=0.85,
        )

    def entry(label: str, **look: Any) -> Line2D:
        return Line2D([], [], ls="", ms=6, label=label, **look)

    theirs = {_name(row) for row in rows if is_pytorch(row)}
    entries = [
        entry(
            name,
            marker="o",
            mec=theme.color(name),
            mfc="none" if name in theirs else theme.color(name),
        )
        for name in names
    ]
    directions = dict.fromkeys(row.direction for row in rows)
    entries += [
        entry(each.replace("_", " "), marker=_marker(each), mec=theme.ink(), mfc="none")
        for each in directions
    ]
    axes.legend(handles=entries, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)


def _name(row: Row) -> str:
    """Return the algorithm of ours; of others their name, too."""
    return row.algorithm if row.subject == OURS else f"{row.subject} {row.algorithm}".strip()


def _marker(direction: str) -> str:
    return MARKERS[DIRECTIONS.index(direction)] if direction in DIRECTIONS else "D"
