"""Scaling: the rate of layers that differ in nothing but their batch, or their images' size."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.layers import group
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.row import Row
from crosscheck.benchmarks.rows import rate_of
from crosscheck.benchmarks.suites import SUITES, Layer, cut_down

LEAST_POINTS = 3  # of a line

Line = list[tuple[int, float]]
# By what grows, "batch" or "image"; by what stays, direction and dtype, in words; by subject.
Families = dict[str, dict[str, dict[str, Line]]]


def picture(rows: Sequence[Row]) -> Picture | None:
    """Return the rate over the batch and over the image's size; None without such layers."""
    found = families(rows)
    if not found:
        return None
    panels = [(grows, title, by) for grows, some in found.items() for title, by in some.items()]
    subjects = list(dict.fromkeys(name for _, _, by in panels for name in by))
    lines = -(-len(panels) // 3)

    def paint(figure: Figure) -> None:
        grid = figure.subplots(lines, min(3, len(panels)), squeeze=False)
        for axes, (grows, title, by) in zip(grid.flat, panels, strict=False):
            _panel(axes, grows, title, by)
        for axes in list(grid.flat)[len(panels) :]:
            axes.set_visible(False)
        handles = {line.get_label(): line for axes in grid.flat for line in axes.get_lines()}
        figure.legend(
            handles.values(), handles, loc="outside upper right", ncols=len(subjects), frameon=False
        )

    text = "The rate of layers that differ only in their batch, or in their image."
    size = (3.1 * min(3, len(panels)), 0.5 + 2.7 * lines)
    return theme.draw("scaling", "Scaling with batch and image size", text, size, paint)


def families(rows: Sequence[Row]) -> Families:
    """Return the lines of at least LEAST_POINTS layers."""
    found: Families = {}
    for each in group(rows):
        for layer in each.layers:
            any_row = next(iter(layer.by.values()))
            shapes = _layer(any_row)
            if shapes is None:
                continue
            for grows, (size, rest) in _sizes(shapes).items():
                title = f"{rest}\n{each.direction.replace('_', ' ')}, {each.dtype}"
                by = found.setdefault(grows, {}).setdefault(title, {})
                for subject, row in layer.by.items():
                    if row.flops:
                        by.setdefault(subject, []).append(
                            (size, row.flops / row.microseconds * 1e6)
                        )
    return _long_enough(found)


def _long_enough(found: Families) -> Families:
    kept: Families = {}
    for grows, some in found.items():
        for title, by in some.items():
            lines = {name: sorted(dict(line).items()) for name, line in by.items()}
            long = {name: line for name, line in lines.items() if len(line) >= LEAST_POINTS}
            if long:
                kept.setdefault(grows, {})[title] = long
    return kept


def _layer(row: Row) -> Layer | None:
    """Return a row's layer as it ran, None if no suite has it or its images are none."""
    named = (each for each in SUITES.get(row.suite, ()) if each.name == row.layer)
    layer = next(named, None)
    if layer is None or len(layer.inputs["input"]) != 4:
        return None
    return cut_down(layer) if row.device == "cpu" else layer


def _sizes(layer: Layer) -> Mapping[str, tuple[int, str]]:
    """Return the batch and the image's size, each with all else in words."""
    n, c, h, w = layer.inputs["input"]
    rest = _words(layer)
    sizes = {"batch": (n, f"{c} x {h} x {w}\n{rest}")}
    return sizes | ({"image": (h, f"{n} images of {c} channels\n{rest}")} if h == w else {})


def _words(layer: Layer) -> str:
    words = [layer.op]
    if layer.op == "conv2d":
        k, _, r, s = layer.inputs["weight"]
        words.append(f"{k} filters {r} x {s}")
    return ", ".join([*words, *(f"{name} {value}" for name, value in layer.options.items())])


def _panel(axes: Axes, grows: str, title: str, by: Mapping[str, Line]) -> None:
    for name, line in by.items():
        sizes, rates = zip(*line, strict=True)
        axes.plot(sizes, rates, "o-", ms=3.5, lw=1.3, color=theme.color(name), label=name)
    every = sorted({size for line in by.values() for size, _ in line})
    axes.set_xscale("log", base=2)
    theme.plain(axes, "both")
    axes.set_xticks(every, [str(each) for each in every])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda rate, position: rate_of("", rate))
    axes.set_xlabel("images in a batch" if grows == "batch" else "pixels on a side")
    axes.set_title(title, fontsize=7.5, loc="left")
