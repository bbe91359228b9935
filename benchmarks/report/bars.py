"""Bars per layer: how many times as fast as PyTorch, on a logarithmic axis that begins at 1."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.layers import Group, Layer
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.row import OURS, TORCH

WHOLE = "all, as often as they occur"


def pictures(groups: Sequence[Group]) -> list[Picture]:
    """Return a picture for each group that has a layer of PyTorch's and of somebody else."""
    return [_picture(each) for each in groups if _subjects(each)]


def _subjects(group: Group) -> list[str]:
    """Return whose bars there are: ours first."""
    names = dict.fromkeys(
        name
        for layer in group.layers
        for name in layer.by
        if name != TORCH and layer.speed(name) is not None
    )
    return sorted(names, key=lambda name: name != OURS)


def _picture(group: Group) -> Picture:
    subjects = _subjects(group)
    layers = [each for each in group.layers if any(each.speed(name) for name in subjects)]
    lines = len(layers) + (len(layers) > 1)  # one for all together
    size = (9.2, 0.9 + lines * (0.1 + 0.14 * len(subjects)))
    title = f"{group.suite}: {group.direction.replace('_', ' ')}, {group.dtype}"
    text = (
        "How many times as fast as PyTorch in IEEE arithmetic: right of the line is faster. Each"
        " subject with its fastest algorithm and layout; whiskers are intervals of 95 %."
    )

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        thickness = 0.8 / len(subjects)
        for number, name in enumerate(subjects):
            shift = (number - (len(subjects) - 1) / 2) * thickness
            _bars(axes, group, layers, name, thickness * 0.9, shift)
        axes.set_yticks(range(lines), [*(each.name for each in layers), WHOLE][:lines])
        axes.set_ylim(lines - 0.45, -0.55)
        if lines > len(layers):
            axes.axhline(len(layers) - 0.5, color=theme.ink(), lw=0.6)
        axes.axvline(1, color=theme.ink(), lw=1)
        _scale(axes)
        axes.set_xlabel("times as fast as PyTorch")
        figure.legend(loc="outside upper right", ncols=len(subjects), frameon=False)

    stem = f"bars-{group.suite}-{group.direction}-{group.dtype}"
    return theme.draw(stem, title, text, size, paint)


def _bars(
    axes: Axes, group: Group, layers: Sequence[Layer], name: str, thickness: float, shift: float
) -> None:
    """Draw a subject's bars, from 1 to its speeds, with whiskers and figures."""
    found = [
        (place, each.by[name], each.speed(name))
        for place, each in enumerate(layers)
        if each.speed(name) is not None
    ]
    ends = [
        (place, speed, speed * row.microseconds / row.high, speed * row.microseconds / row.low)
        for place, row, speed in found
    ]
    total = group.total(name)
    if total and len(layers) > 1:
        speed = total[1] / total[0]
        ends.append((len(layers), speed, speed, speed))
    places, speeds, lows, highs = map(np.array, zip(*ends, strict=True))
    color = theme.color(name)
    axes.barh(places + shift, speeds - 1, thickness, left=1, color=color, label=name)
    axes.hlines(places + shift, lows, highs, color=theme.ink(), lw=0.8)
    for place, speed, low, high in ends:
        side = -1 if speed < 1 else 1
        label = axes.annotate(
            f"{speed:.2f}",
            (low if speed < 1 else high, place + shift),
            xytext=(3 * side, 0),
            textcoords="offset points",
            ha="right" if speed < 1 else "left",
            va="center",
            fontsize=6.5,
        )
        label.set_in_layout(False)  # the axis has room for them; asking each takes seconds


def _scale(axes: Axes) -> None:
    """Make the x axis logarithmic, with plain numbers at 1, 2 and 5, and room for figures."""
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    low, high = min(low / 1.25, 0.8), max(high * 1.25, 1.25)
    axes.set_xlim(low, high)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    shown = [each for each in ticks if low <= each <= high]
    if len(shown) > 12:
        shown = [each for each in shown if f"{each:e}".startswith("1.")]
    theme.plain(axes, "x")
    axes.set_xticks(shown, [f"{each:g}" for each in shown])
