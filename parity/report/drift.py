"""Plot how far training runs are from PyTorch's float64 run, step by step."""

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.parity.report.plot import INK, RED
from crosscheck.parity.result import Result
from crosscheck.parity.training.drift import FLOAT64

OURS_FLOAT32, PYTORCH, OURS_FLOAT64 = "#2f6db3", "#d97f1e", "#3a9a5b"
LOWEST = 1e-17  # where a distance of 0 is drawn: it has no logarithm


def drift_by_step(results: Sequence[Result]) -> bytes:
    """Return the plot as PNG: one row for each optimizer, one column for each model.

    A line is the largest distance of any parameter, or of the loss, after each step.
    """
    ops = list(dict.fromkeys(r.op for r in results))
    optimizers = list(dict.fromkeys(r.direction for r in results))
    with matplotlib.rc_context({"font.size": 9, "text.color": INK, "axes.labelcolor": INK}):
        size = (0.8 + 2.8 * len(ops), 0.8 + 1.9 * len(optimizers))
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        grid = figure.subplots(len(optimizers), len(ops), sharex=True, sharey=True, squeeze=False)
        for axes in grid.flat:
            axes.axhline(FLOAT64, color=RED, lw=1, ls="--", label="limit in float64")
        for result in results:
            _lines(grid[optimizers.index(result.direction)][ops.index(result.op)], result)
        for row, optimizer in zip(grid, optimizers, strict=True):
            for axes, op in zip(row, ops, strict=True):
                axes.set_title(f"{op}, {optimizer}", fontsize=9, loc="left")
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
    color = OURS_FLOAT64 if result.dtype == "float64" else OURS_FLOAT32
    if any(result.drift[1]):
        axes.plot(steps, theirs, color=PYTORCH, lw=1.2, label=f"PyTorch, {result.dtype}")
    axes.plot(steps, ours, color=color, lw=1.2, label=f"ours, {result.dtype}")


def _style(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.grid(color="#e3e7eb", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=INK, length=0)
    axes.minorticks_off()
