"""Training runs: how far ours and PyTorch's are from PyTorch's float64 run, step by step."""

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.parity.report.plot import INK, RED
from crosscheck.parity.result import Result
from crosscheck.parity.training.drift import FLOAT64

OURS, THEIRS, WIDE = "#2f6db3", "#d97f1e", "#3a9a5b"
LOWEST = 1e-17  # a distance of 0 has no logarithm: it is drawn here


def drift_by_step(results: Sequence[Result]) -> bytes:
    """Return the plot as PNG: a row of pictures for each optimizer, a column for each model.

    A line is the worst parameter, or the loss, after each step.
    """
    ops = list(dict.fromkeys(r.op for r in results))
    ways = list(dict.fromkeys(r.direction for r in results))
    with matplotlib.rc_context({"font.size": 9, "text.color": INK, "axes.labelcolor": INK}):
        size = (0.8 + 2.8 * len(ops), 0.8 + 1.9 * len(ways))
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        grid = figure.subplots(len(ways), len(ops), sharex=True, sharey=True, squeeze=False)
        for axes in grid.flat:
            axes.axhline(FLOAT64, color=RED, lw=1, ls="--", label="limit in float64")
        for result in results:
            _lines(grid[ways.index(result.direction)][ops.index(result.op)], result)
        for row, way in zip(grid, ways, strict=True):
            for axes, op in zip(row, ops, strict=True):
                axes.set_title(f"{op}, {way}", fontsize=9, loc="left")
                _style(axes)
        figure.supxlabel("step", fontsize=9)
        figure.supylabel("distance from PyTorch in float64", fontsize=9)
        lines = {line.get_label(): line for axes in grid.flat for line in axes.get_lines()}
        figure.legend(
            lines.values(), lines.keys(), loc="outside upper left", ncols=4, frameon=False
        )
        png = io.BytesIO()
        figure.savefig(png, format="png")
    return png.getvalue()


def _lines(axes: Axes, result: Result) -> None:
    ours, theirs = (np.maximum(line, LOWEST) for line in result.drift)
    steps = np.arange(1, len(ours) + 1)
    color = WIDE if result.dtype == "float64" else OURS
    if any(result.drift[1]):
        axes.plot(steps, theirs, color=THEIRS, lw=1.2, label=f"PyTorch, {result.dtype}")
    axes.plot(steps, ours, color=color, lw=1.2, label=f"ours, {result.dtype}")


def _style(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.grid(color="#e3e7eb", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=INK, length=0)
    axes.minorticks_off()
