"""Bars of predictions: which share of the memory's bandwidth each call reaches at most.

That is the time that DRAM needs over the least time of the call: at 100 % nothing but DRAM binds.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.ladder import in_order
from crosscheck.benchmarks.report.picture import Picture

TEXT = "The share of the memory's bandwidth at most, by prediction, and what binds. No GPU has"
TEXT += " timed it."


def picture(rows: Sequence[Prediction], gpu: Gpu) -> Picture:
    """Return a panel for each direction, with a bar for each layer and algorithm."""
    directions = list(dict.fromkeys(each.direction for each in rows))
    suites = ", ".join(dict.fromkeys(each.suite for each in rows))
    title = f"{suites} on {gpu.name}, float32"
    lines = max(sum(each.direction == one for each in rows) for one in directions)

    def paint(figure: Figure) -> None:
        figure.suptitle(f"{title}\n{TEXT}", fontsize=9)
        panels = figure.subplots(1, len(directions), squeeze=False)[0]
        for panel, direction in zip(panels, directions, strict=True):
            _bars(panel, [each for each in rows if each.direction == direction], lines)
            panel.set_title(direction.replace("_", " "), fontsize=9, loc="left")

    size = (4.4 * len(directions), 1.1 + 0.19 * lines)
    return theme.draw("predicted", title, TEXT, size, paint)


def _bars(panel: Axes, rows: Sequence[Prediction], lines: int) -> None:
    order = {name: place for place, name in enumerate(in_order({each.algorithm for each in rows}))}
    names = list(dict.fromkeys(each.layer for each in rows))
    ordered = sorted(rows, key=lambda each: (names.index(each.layer), order[each.algorithm]))
    shares = [100 * each.by_resource["DRAM"] / each.microseconds for each in ordered]
    colors = [theme.color(each.algorithm) for each in ordered]
    bars = panel.barh(range(len(ordered)), shares, 0.75, color=colors)
    labels = [f"{share:.0f} %, {each.bound}" for share, each in zip(shares, ordered, strict=True)]
    panel.bar_label(bars, labels, padding=2, fontsize=6.5)
    panel.set_yticks(
        range(len(ordered)), [f"{each.layer}, {each.algorithm}" for each in ordered], fontsize=7
    )
    panel.set_ylim(lines - 0.4, -0.6)  # as many in each panel
    panel.set_xlim(0, 132)
    panel.set_xticks([0, 50, 100], ["0", "50 %", "100 %"])
    theme.plain(panel, "x")
