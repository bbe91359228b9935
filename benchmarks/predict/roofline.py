"""A roofline of predictions: the most that each call reaches, by its operations for each byte.

The roof is the GPU's: the FFMA peak, and its memory's bandwidth left of the ridge. A mark is a
call: the rate that its floor allows, at the operations for each byte that DRAM has to move.
Williams, Waterman and Patterson, "Roofline", 2009.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.ladder import in_order
from crosscheck.benchmarks.report.picture import Picture

MARKS = {"direct": "o", "tiled": "s", "blocked": "D", "pipelined": "^", "winograd": "v"}
MARKS |= {"depthwise": "P", "pointwise": "*"}
TEXT = (
    "Predicted: a mark is an upper bound of a rate, counted in the layer's multiply-adds, of which"
    " winograd needs fewer. No GPU has timed it."
)


def picture(rows: Sequence[Prediction], gpu: Gpu) -> Picture | None:
    """Return a panel for each direction, None where no row has multiply-adds, which alone have a
    place.
    """
    drawn = [each for each in rows if each.flops]
    if not drawn:
        return None
    directions = list(dict.fromkeys(each.direction for each in drawn))
    algorithms = in_order({each.algorithm for each in drawn})
    suites = ", ".join(dict.fromkeys(each.suite for each in drawn))
    title = f"{suites} on {gpu.name}, float32"

    def paint(figure: Figure) -> None:
        figure.suptitle(f"{title}\n{TEXT}", fontsize=9)
        panels = figure.subplots(1, len(directions), sharey=True, squeeze=False)[0]
        for panel, direction in zip(panels, directions, strict=True):
            own = [each for each in drawn if each.direction == direction]
            _panel(panel, own, gpu, algorithms)
            panel.set_title(direction.replace("_", " "), fontsize=9, loc="left")
        panels[0].set_ylabel("Tflop/s at most")
        handles = {line.get_label(): line for axes in panels for line in axes.get_lines()}
        shown = [name for name in algorithms if name in handles]
        figure.legend(
            [handles[name] for name in shown], shown, loc="outside right upper", frameon=False
        )

    return theme.draw("predicted", title, TEXT, (2.6 + 3.6 * len(directions), 4.4), paint)


def _panel(panel: Axes, rows: Sequence[Prediction], gpu: Gpu, algorithms: Sequence[str]) -> None:
    intensity = [each.flops / each.bytes for each in rows]
    ridge = gpu.ffma / gpu.bandwidth
    low, high = min(*intensity, ridge) / 2.5, max(*intensity, ridge) * 2
    x = np.array([low, ridge, high])
    peak = gpu.ffma / 1e12
    panel.plot(x, np.minimum(peak, x * gpu.bandwidth / 1e12), color=theme.ink(), lw=1.2)
    for algorithm in algorithms:
        own = [each for each in rows if each.algorithm == algorithm]
        panel.plot(
            [each.flops / each.bytes for each in own],
            [each.flops / each.microseconds / 1e6 for each in own],
            MARKS.get(algorithm, "X"),
            color=theme.color(algorithm),
            markerfacecolor="none",  # marks lie on each other
            markersize=5.5,
            label=algorithm,
        )
    panel.annotate(
        f"FFMA, {peak:.3g} Tflop/s",
        (high, peak),
        xytext=(-3, 3),
        textcoords="offset points",
        ha="right",
        fontsize=8,
    )
    memory = f"slope: memory, {gpu.bandwidth / 1e12:.3g} TB/s"
    panel.annotate(memory, (0.02, 0.97), xycoords="axes fraction", va="top", fontsize=8)
    panel.set(xscale="log", yscale="log", xlim=(low, high))
    panel.set_xlabel("operations for each byte of DRAM")
    theme.plain(panel, "both")
