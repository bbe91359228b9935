"""Plot the error of each result against its bound, on logarithmic axes."""

import io
import math
from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from crosscheck.parity.report.summary import directions
from crosscheck.parity.result import Result

COLORS = [*matplotlib.colormaps["tab20"].colors[::2], *matplotlib.colormaps["tab20"].colors[1::2]]
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, PALE, RED = "#3d4650", "#eef1f4", "#c62828"
LOWEST, HIGHEST = 1e-20, 1e6  # points beyond are drawn on the border
LEGEND_ROWS = 28  # more make another column
WIDTH, LEGEND_WIDTH = 9.2, 2.2  # inches: with one column, and of each more
STRIP = 30  # a strip spans this factor of the axis


def has_point(result: Result) -> bool:
    """Return whether the result can be drawn: on logarithmic axes a bound of 0 cannot."""
    return not result.unsupported and 0 < result.bound < math.inf


def error_against_bound(results: Sequence[Result]) -> bytes:
    """Return the plot as PNG.

    Each point is the element of a result that used most of its bound: y is its error, x its bound,
    and points above the diagonal have failed. Errors of 0 are drawn in a strip at the bottom,
    because they have no logarithm; infinite or NaN errors in a strip at the top.
    """
    points = [r for r in results if has_point(r)]
    colors = dict(zip(dict.fromkeys(r.op for r in points), cycle(COLORS), strict=False))
    markers = dict(zip(directions(points), cycle(MARKERS), strict=False))
    with matplotlib.rc_context({"font.size": 9, "text.color": INK, "axes.labelcolor": INK}):
        columns = math.ceil((len(colors) + len(markers) + 2) / LEGEND_ROWS)
        width = WIDTH + LEGEND_WIDTH * (columns - 1)
        figure = Figure(figsize=(width, 5.2), dpi=160, layout="constrained")
        axes = figure.subplots()
        low, high = _range(points)
        _frame(axes, low, high)
        for op, direction in dict.fromkeys((r.op, r.direction) for r in points):
            members = [r for r in points if (r.op, r.direction) == (op, direction)]
            _scatter(axes, members, colors[op], markers[direction], low, high)
        _legend(axes, colors, markers, columns)
        png = io.BytesIO()
        figure.savefig(png, format="png")
    return png.getvalue()


def _error(result: Result) -> float:
    return result.share * result.bound


def _range(points: Sequence[Result]) -> tuple[float, float]:
    """Return the range of both axes in powers of ten."""
    numbers = [x for r in points for x in (r.bound, _error(r)) if LOWEST < x < HIGHEST]
    low, high = min(numbers, default=1e-8), max(numbers, default=1e-5)
    return 10.0 ** math.floor(math.log10(low)), 10.0 ** (math.floor(math.log10(high)) + 1)


def _frame(axes: Axes, low: float, high: float) -> None:
    """Draw the axes, the diagonal, the red area above it and the two strips."""
    floor, ceiling = low / STRIP, high * STRIP
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(floor, ceiling))
    line = np.array([low, high])
    axes.fill_between(line, line, high, color=RED, alpha=0.06, lw=0)
    axes.plot(line, line, color=RED, lw=1.2)
    strips = (floor, low, "error is 0"), (high, ceiling, "error is infinite or NaN")
    for bottom, top, text in strips:
        axes.axhspan(bottom, top, color=PALE, lw=0)
        middle = math.sqrt(bottom * top)
        axes.text(high / 1.5, middle, text, ha="right", va="center", color="#7b8794")
    decades = [10.0**e for e in range(round(math.log10(low)), round(math.log10(high)) + 1)]
    axes.set_xticks(decades[:: 1 + len(decades) // 14])
    axes.set_yticks(decades[:: 1 + len(decades) // 14])
    axes.minorticks_off()
    axes.set_xlabel("bound of the error")
    axes.set_ylabel("error: |computed - exact|")
    axes.grid(color="#e3e7eb", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=INK, length=0)


def _scatter(
    axes: Axes, points: Sequence[Result], color: str, marker: str, low: float, high: float
) -> None:
    x = np.clip([r.bound for r in points], low, high)
    y = np.array([_error(r) for r in points])
    # In the strips, random heights keep the points apart.
    strip = STRIP ** np.random.default_rng(0).uniform(0.2, 0.8, len(points))
    drawn = np.where(y == 0, low / strip, np.clip(y, low, high))
    drawn = np.where(np.isfinite(y), drawn, high * strip)
    failed = np.array([not r.ok for r in points])
    axes.scatter(x, drawn, s=10, color=color, marker=marker, alpha=0.4, lw=0)
    axes.scatter(x[failed], drawn[failed], s=60, c="none", ec=RED, lw=1.2, zorder=3)


def _legend(
    axes: Axes, colors: Mapping[str, str], markers: Mapping[str, str], columns: int
) -> None:
    """Explain colours and markers beside the plot."""

    def entry(label: str, marker: str, color: str, filled: bool = True) -> Line2D:
        face = color if filled else "none"
        return Line2D([], [], ls="", label=label, marker=marker, mfc=face, mec=color, ms=6)

    entries = [entry(op, "o", color) for op, color in colors.items()]
    entries += [entry(d.replace("_", " "), marker, "#9aa5b1") for d, marker in markers.items()]
    entries += [entry("failed", "o", RED, filled=False)]
    entries += [Line2D([], [], color=RED, lw=1.2, label="limit: error = bound")]
    place = dict(loc="upper left", bbox_to_anchor=(1.01, 1))
    axes.legend(handles=entries, **place, frameon=False, ncols=columns, fontsize=8)
