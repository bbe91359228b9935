"""The ladder: what each algorithm reaches, rung by rung: of PyTorch's speed, or by prediction."""

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.predictions_file import Prediction
from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.layers import is_of_a_cpu
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.row import DIRECTIONS, OURS, TORCH, Row
from crosscheck.benchmarks.rows import is_measured

SUITE = "ladder"
RUNGS = ("direct", "tiled", "blocked", "pipelined", "winograd")  # others follow by name

ABOVE = "Above 100 %: fewer products than the definition has."

Heights = dict[str, dict[str, float]]  # by direction and algorithm


def measured(rows: Sequence[Row]) -> Picture | None:
    """Return each algorithm's speed as a share of PyTorch's; None without such rows."""
    chosen = [row for row in rows if row.suite == SUITE and is_measured(row)]
    heights: Heights = {}
    for direction in DIRECTIONS:
        ours, theirs = (
            [row for row in chosen if row.direction == direction and row.subject == subject]
            for subject in (OURS, TORCH)
        )
        if ours and theirs:
            best = min(row.microseconds for row in theirs)
            heights[direction] = _best((row.algorithm, best / row.microseconds) for row in ours)
    of = "PyTorch on this CPU" if is_of_a_cpu(chosen) else "cuDNN, through PyTorch"
    text = f"Each algorithm's speed as a share of that of {of}: 100 % is as fast."
    return _draw("ladder", "The ladder", text, heights, f"of {of}") if heights else None


def predicted(predictions: Sequence[Prediction], captioned: bool = False) -> Picture | None:
    """Return the share of the FFMA peak that each algorithm reaches at most; None without any.

    captioned: with the text in the picture, for one that stands alone
    """
    chosen = [each for each in predictions if each.suite == SUITE and each.share]
    if not chosen:
        return None
    gpu = chosen[0].device
    heights: Heights = {
        direction: _best(
            (each.algorithm, each.share)
            for each in chosen
            if (each.direction, each.device) == (direction, gpu)
        )
        for direction in DIRECTIONS
    }
    text = (
        f"The share of the FFMA peak of the {gpu} that each algorithm reaches at most, by"
        f" prediction. No GPU has measured it. {ABOVE}"
    )
    some = {direction: each for direction, each in heights.items() if each}
    label = "of the FFMA peak, at most"
    caption = f"The ladder on {gpu}, float32, predicted: no GPU has timed it.\n{ABOVE}"
    caption = caption if captioned else ""
    return _draw("ladder-predicted", "The ladder, predicted", text, some, label, caption)


def in_order(algorithms: Iterable[str]) -> list[str]:
    """Return algorithms rung by rung, others behind them by name."""
    place = {name: number for number, name in enumerate(RUNGS)}
    return sorted(algorithms, key=lambda name: (place.get(name, len(RUNGS)), name))


def _best(shares: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the largest share of each algorithm, over layouts, rung by rung."""
    found: dict[str, float] = {}
    for algorithm, share in shares:
        found[algorithm] = max(share, found.get(algorithm, 0.0))
    return {name: found[name] for name in in_order(found)}


def _draw(
    name: str, title: str, text: str, heights: Heights, label: str, caption: str = ""
) -> Picture:
    columns = sum(map(len, heights.values()))

    def paint(figure: Figure) -> None:
        widths = [len(each) + 0.5 for each in heights.values()]
        row = figure.subplots(1, len(heights), sharey=True, squeeze=False, width_ratios=widths)[0]
        for axes, (direction, shares) in zip(row, heights.items(), strict=True):
            _bars(axes, direction, shares)
        row[0].set_ylabel(label)
        if caption:
            figure.suptitle(caption, fontsize=9)

    return theme.draw(name, title, text, (max(4.5, 1.5 + 0.75 * columns), 3.4), paint)


def _bars(axes: Axes, direction: str, shares: dict[str, float]) -> None:
    values = [100 * each for each in shares.values()]
    bars = axes.bar(list(shares), values, width=0.62, color=theme.color(OURS))
    axes.bar_label(
        bars,
        [f"{each:,.0f}" if each >= 100 else f"{each:.3g}" for each in values],
        padding=2,
        fontsize=8,
    )
    axes.axhline(100, color=theme.ink(), lw=1)
    axes.set_title(direction.replace("_", " "), fontsize=9, loc="left")
    theme.plain(axes, "y")
    axes.yaxis.set_major_formatter("{x:,.0f} %")
    axes.tick_params(axis="x", rotation=35)
    axes.set_xlim(-0.6, len(shares) - 0.4)
