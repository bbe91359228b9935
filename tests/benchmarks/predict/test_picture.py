"""Pictures of predictions: which one is drawn, and what its bars and marks say."""

import pytest
from matplotlib.figure import Figure

from crosscheck.benchmarks.gpus import GPUS
from crosscheck.benchmarks.predict import bandwidth, picture, roofline
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.benchmarks.report import theme
from crosscheck.benchmarks.report.picture import Picture

H200 = GPUS["h200"]


@pytest.fixture
def figures(monkeypatch):
    """Draw each picture once, and keep its figure, by its name."""
    found = {}

    def draw(name, title, text, size, paint):
        found[name] = figure = Figure(figsize=size)
        paint(figure)
        return Picture(name, title, text, b"light", b"dark")

    monkeypatch.setattr(theme, "draw", draw)
    return found


def row(algorithm, suite="resnet50", layer="a layer", flops=2e9, **fields):
    what = suite, layer, "conv2d", "forward", algorithm, "nchw", H200.name, 1
    numbers = dict(microseconds=100.0, bound="issue", share=0.5, flops=flops, bytes=1e8)
    numbers |= dict(by_resource={"issue": 100.0, "DRAM": 25.0})
    return Prediction(*what, **(numbers | fields))


def test_a_mark_is_a_rate_at_its_operations_for_each_byte(figures):
    roofline.picture([row("blocked"), row("direct", microseconds=400.0)], H200)
    (axes,) = figures["predicted"].axes
    _, direct, blocked = axes.get_lines()
    assert [line.get_label() for line in (direct, blocked)] == ["direct", "blocked"]
    assert blocked.get_xydata().tolist() == [[20.0, 20.0]]  # 2e9 / 1e8; 2e9 in 100 us
    assert direct.get_xydata().tolist() == [[20.0, 5.0]]
    assert "No GPU has timed it" in figures["predicted"].get_suptitle()
    low, high = axes.get_xlim()
    assert low < H200.ffma / H200.bandwidth < high


def test_a_bar_is_a_share_of_the_bandwidth(figures):
    rows = [row("tiled", layer=each, flops=0.0) for each in ("one", "other")]
    bandwidth.picture([*rows, row("direct", layer="one", flops=0.0, bound="L2")], H200)
    (axes,) = figures["predicted"].axes
    names = [each.get_text() for each in axes.get_yticklabels()]
    assert names == ["one, direct", "one, tiled", "other, tiled"]
    assert [each.get_width() for each in axes.patches] == [25.0] * 3
    assert [each.get_text() for each in axes.texts] == ["25 %, L2", "25 %, issue", "25 %, issue"]


@pytest.mark.parametrize(
    ("rows", "drawn"),
    [
        ([row("tiled")], "predicted"),
        ([row("tiled", flops=0.0)], "predicted"),
        ([row("tiled", suite="ladder")], "ladder-predicted"),
        ([row("tiled", suite="ladder"), row("tiled")], "predicted"),
    ],
)
def test_the_picture_shows_what_there_is_to_see(figures, tmp_path, rows, drawn):
    picture.draw([*rows, row("direct", problem="out of memory")], H200, tmp_path / "p.png")
    assert list(figures) == [drawn] and (tmp_path / "p.png").read_bytes() == b"light"
    assert "timed it" in figures[drawn].get_suptitle()


def test_nothing_to_draw_is_said(tmp_path):
    with pytest.raises(ValueError, match="nothing to draw"):
        picture.draw([row("direct", problem="out of memory")], H200, tmp_path / "p.png")
