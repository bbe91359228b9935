"""How pictures look: the same drawing twice, for a light page and for a dark one."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.report.picture import Picture

LIGHT = dict(paper="#ffffff", ink="#3d4650", lines="#dde2e7")
DARK = dict(paper="#14181d", ink="#c9d1d9", lines="#2c343d")

# Seen on both papers.
_FIXED = {
    "crosscheck": "#3b82c4",
    "torch": "#8a94a0",
    "torch-tf32": "#d97f1e",
    "torch-deterministic": "#9467bd",
    "compile": "#3a9a5b",
    "direct": "#d97f1e",
    "tiled": "#3a9a5b",
    "blocked": "#9467bd",
    "pipelined": "#3b82c4",
    "winograd": "#c2544e",
    "depthwise": "#1fa3a3",
    "pointwise": "#7a9a2e",
    "vectorized": "#1fa3a3",
    "separable": "#b0892d",
    "one_pass": "#d46a9f",
    "tree": "#6b7fd7",
}
_OTHERS = "#a0622d", "#5f8f8f", "#8f6fb0", "#b07a6f"
_COLORS = dict(_FIXED)  # others get theirs when they are first drawn


def draw(
    name: str, title: str, text: str, size: tuple[float, float], paint: Callable[[Figure], None]
) -> Picture:
    """Return the picture that `paint` draws on a figure of a size in inches."""
    return Picture(name, title, text, *(_png(size, paint, **each) for each in (LIGHT, DARK)))


def _png(
    size: tuple[float, float], paint: Callable[[Figure], None], paper: str, ink: str, lines: str
) -> bytes:
    inks = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color")
    settings: dict[str, Any] = dict.fromkeys(inks, ink)
    settings |= {"figure.facecolor": paper, "axes.facecolor": paper, "grid.color": lines}
    with matplotlib.rc_context({"font.size": 9, "grid.linewidth": 0.7, **settings}):
        figure = Figure(figsize=size, dpi=150, layout="constrained")
        paint(figure)
        png = io.BytesIO()
        figure.savefig(png, format="png")
    return png.getvalue()


def plain(axes: Axes, grid: str) -> None:
    """Leave of the axes' frame the grid alone: lines across "x", "y" or "both"."""
    axes.grid(axis=grid)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.minorticks_off()


def ink() -> str:
    """Return the colour of text, within `paint`."""
    return matplotlib.rcParams["text.color"]


def color(name: str) -> str:
    """Return the colour of a subject or an algorithm, the same in each picture."""
    if name not in _COLORS:
        others = len(_COLORS) - len(_FIXED)
        _COLORS[name] = _OTHERS[others % len(_OTHERS)]
    return _COLORS[name]
