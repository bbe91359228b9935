"""Pictures of a made-up run: what is drawn, from which rows, and when there is nothing to draw."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from crosscheck.benchmarks.predictions_file import parse
from crosscheck.benchmarks.report import bars, ladder, roofline, scaling, theme
from crosscheck.benchmarks.report.layers import group
from crosscheck.benchmarks.suites import SUITES, cut_down


@pytest.fixture
def drawn(monkeypatch):
    """Draw each picture once, and keep its figure, by its name."""
    figures = {}

    def draw(name, title, text, size, paint):
        figures[name] = figure = Figure(figsize=size)
        paint(figure)
        return theme.Picture(name, title, text, b"light", b"dark")

    monkeypatch.setattr(theme, "draw", draw)
    return figures


def test_a_picture_is_drawn_for_both_papers():
    picture = theme.draw("a", "A", "a", (2, 1), lambda figure: figure.subplots())
    assert picture.light != picture.dark
    assert picture.light.startswith(b"\x89PNG") and picture.dark.startswith(b"\x89PNG")


def test_a_bar_for_each_layer_and_peer_and_one_for_the_network(results, drawn):
    run = results("resnet50", directions=["forward"])
    (found,) = group(run.rows)
    bars.pictures([found])
    (axes,) = drawn["bars-resnet50-forward-float32"].axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [*(layer.name for layer in SUITES["resnet50"]), bars.WHOLE]
    lengths = {each.get_label(): [bar.get_width() + 1 for bar in each] for each in axes.containers}
    assert list(lengths) == ["crosscheck", "torch-tf32", "torch-deterministic", "compile"]
    speeds = [layer.speed() for layer in found.layers]
    ours, theirs, _ = found.total("crosscheck")
    assert lengths["crosscheck"] == pytest.approx([*speeds, theirs / ours])


def test_a_layer_that_pytorch_did_not_compute_has_no_bar(results, drawn):
    run = results("resnet50", directions=["forward"])
    lost = [
        replace(r, problem="x") if r.layer == "stem" and r.subject == "torch" else r
        for r in run.rows
    ]
    bars.pictures(group(lost))
    (axes,) = drawn["bars-resnet50-forward-float32"].axes
    assert "stem" not in [label.get_text() for label in axes.get_yticklabels()]
    assert bars.pictures(group([r for r in run.rows if r.subject != "torch"])) == []


def heights(figure):
    return [[bar.get_height() for bar in axes.patches] for axes in figure.axes]


def test_the_ladder_is_each_algorithm_s_share_of_pytorch_rung_by_rung(results, drawn):
    rows = results("ladder", directions=["forward"]).rows[::-1]
    assert "cuDNN" in ladder.measured(rows).text
    times = {r.subject if r.subject == "torch" else r.algorithm: r.microseconds for r in rows}
    (shares,) = heights(drawn["ladder"])
    rungs = ("direct", "tiled", "blocked", "pipelined")
    assert shares == pytest.approx([100 * times["torch"] / times[rung] for rung in rungs])
    assert ladder.measured([r for r in rows if r.subject != "torch"]) is None
    on_cpu = ladder.measured([replace(r, device="cpu") for r in rows])
    assert "cuDNN" not in on_cpu.text and "this CPU" in on_cpu.text


def test_the_predicted_ladder_is_the_share_of_the_peak_and_says_that_it_is_none_measured(
    results, prediction, drawn
):
    rows = results("ladder", "resnet50", directions=["forward"]).rows
    picture = ladder.predicted(parse(prediction(rows, share=0.25), "a file"))
    assert heights(drawn["ladder-predicted"]) == [[25.0] * 4]
    assert "by prediction" in picture.text and "Imaginary 9000" in picture.text
    assert ladder.predicted([]) is None


def test_every_kernel_is_on_the_roofline_and_further_columns_of_pytorch_are_not(results, drawn):
    run = results("ladder")
    run.rows.append(replace(run.rows[0], layer="relu", flops=0.0))
    picture = roofline.picture(run)
    assert "1 rows are not drawn" in picture.text
    (axes,) = drawn["roofline"].axes
    assert len(axes.collections) == 3 * (4 + 1)
    texts = [each.get_text() for each in axes.texts]
    assert texts == ["copy, 4 TB/s", "FFMA, 60 TFLOP/s"]
    for points, row in zip(axes.collections, roofline.points(run.rows), strict=True):
        (place,) = points.get_offsets()
        expected = [row.flops / row.bytes, row.flops / row.microseconds * 1e6]
        assert list(place) == pytest.approx(expected)


def test_no_roofline_without_ceilings_or_rows(results):
    run = results("ladder")
    for ceilings in ({}, {"copy": 4e12}, {"FFMA": 6e13}):
        assert roofline.picture(replace(run, ceilings=ceilings)) is None
    assert roofline.picture(replace(run, rows=[])) is None


def test_scaling_has_a_line_over_the_batch_and_one_over_the_image(results, drawn):
    found = scaling.families(results("scaling", directions=["forward"]).rows)
    (batch,), (image,) = found["batch"].values(), found["image"].values()
    assert [size for size, _ in batch["crosscheck"]] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert [size for size, _ in image["torch"]] == [7, 14, 28, 56, 112]
    scaling.picture(results("scaling", directions=["forward"]).rows)
    assert len(drawn["scaling"].axes) == 2


def test_layers_that_differ_in_more_are_no_scaling(results):
    assert scaling.picture(results("resnet50", "ladder", directions=["forward"]).rows) is None


def test_cut_down_layers_of_a_cpu_have_their_own_sizes(results):
    sizes = {cut_down(each).inputs["input"][2] for each in SUITES["scaling"]}
    found = scaling.families(results("scaling", device="cpu", directions=["forward"]).rows)
    assert "batch" not in found  # all have two images, but for one
    (image,) = found["image"].values()
    assert {size for size, _ in image["crosscheck"]} == sizes
