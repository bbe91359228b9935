"""A roofline of predictions: the most that each call reaches, by its operations for each byte.

The roof is the GPU's: the FFMA peak, and its memory's bandwidth left of the ridge. A mark is a
call: the rate that its floor allows, at the operations for each byte that DRAM has to move.
Williams, Waterman and Patterson, "Roofline", 2009.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.prediction import Prediction

MARKS = "osD^vP*X"
CAPTION = (
    "Predicted: a mark is an upper bound of a rate, counted in the layer's multiply-adds, of which"
    " winograd needs fewer. No GPU has timed it."
)


def draw(rows: Sequence[Prediction], gpu: Gpu, file: Path) -> None:
    """Write a PNG with a panel for each direction; rows without multiply-adds have no place."""
    drawn = [each for each in rows if each.flops]
    directions = list(dict.fromkeys(each.direction for each in drawn))
    figure = Figure(figsize=(2.5 + 5.5 * len(directions), 5.6), layout="constrained")
    suites = ", ".join(dict.fromkeys(each.suite for each in drawn))
    figure.suptitle(f"{suites} on {gpu.name}, float32\n{CAPTION}", fontsize=10)
    algorithms = list(dict.fromkeys(each.algorithm for each in drawn))
    panels = figure.subplots(1, len(directions), sharey=True, squeeze=False)[0]
    for panel, direction in zip(panels, directions, strict=True):
        _panel(panel, [each for each in drawn if each.direction == direction], gpu, algorithms)
        panel.set_title(direction.replace("_", " "), fontsize=10)
    panels[0].set_ylabel("Tflop/s at most")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", fontsize=9)
    figure.savefig(file, dpi=110)


def _panel(panel: Axes, rows: Sequence[Prediction], gpu: Gpu, algorithms: Sequence[str]) -> None:
    intensity = [each.flops / each.bytes for each in rows]
    low, high = min(*intensity, 1) / 2, max(intensity) * 2
    x = np.geomspace(low, high, 200)
    peak = gpu.ffma / 1e12
    panel.plot(x, np.minimum(peak, x * gpu.bandwidth / 1e12), color="black", label="roof")
    for number, algorithm in enumerate(algorithms):
        own = [each for each in rows if each.algorithm == algorithm]
        panel.plot(
            [each.flops / each.bytes for each in own],
            [each.flops / each.microseconds / 1e6 for each in own],
            MARKS[number % len(MARKS)],
            color=f"C{number}",
            markersize=6,
            alpha=0.75,
            label=algorithm,
        )
    panel.annotate(f"FFMA peak, {peak:.3g} Tflop/s", (high, peak), (-4, 3), **_TEXT, ha="right")
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlim(low, high)
    panel.set_xlabel("operations for each byte of DRAM")
    panel.grid(True, which="both", linewidth=0.3, alpha=0.5)


_TEXT = {"textcoords": "offset points", "fontsize": 9, "va": "bottom"}
