"""Table, JSON and HTML from made-up results."""

import json
import os
import re
from dataclasses import replace
from html import unescape

import pytest
from rich.console import Console

from crosscheck.parity.pictures import Picture
from crosscheck.parity.report import drift, files, html, plot, summary, table
from crosscheck.parity.report import json as as_json
from crosscheck.parity.result import Result
from crosscheck.parity.run import run


def result(case="a", *, op="conv2d", direction="forward", algorithm="tiled", ok=True, **numbers):
    numbers = {"error": 1e-7, "bound": 1e-6, "share": 0.1, "torch_error": 2e-7} | numbers
    return Result(
        op, direction, algorithm, "float32", "cpu", "fuzz", case, ok, seconds=0.5, **numbers
    )


FAILED = result(
    "b", ok=False, share=float("inf"), error=float("nan"), message="<lost>", repro="run 'b'"
)
UNSUPPORTED = result("c", error=0.0, bound=0.0, share=0.0, unsupported="at most 64 filters")


def shown(results):
    console = Console(width=100, record=True, file=open(os.devnull, "w"))
    table.show(console, results)
    return console.export_text()


def test_rows_add_up_by_operator_direction_algorithm_and_dtype():
    first, second = summary.by_kernel(
        [result(direction="input_gradient"), result(), result("d", error=4e-7, share=0.4)]
    )
    assert first.key == ("conv2d", "forward", "tiled", "float32")
    assert (first.cases, first.share, first.relative, first.seconds) == (2, 0.4, 2.0, 1.0)
    assert second.key[1] == "input_gradient"


def test_gradients_come_before_results_of_no_kernel():
    given = ["tape", "forward", "target_gradient", "rejects", "input_gradient"]
    rows = summary.by_kernel([result(direction=each) for each in given])
    expected = ["forward", "input_gradient", "target_gradient", "tape", "rejects"]
    assert [row.key[1] for row in rows] == expected


def test_unsupported_is_counted_apart_and_is_no_failure():
    total = summary.total([result(), UNSUPPORTED])
    assert (total.cases, total.passed, total.unsupported, total.failed) == (2, 1, 1, 0)
    text = shown([result(), UNSUPPORTED])
    assert "1 unsupported" in text and "unsupp." in text
    assert "unsupp." not in shown([result()])


def test_only_kernels_have_errors():
    found = [*run(["opinfo"], op="pad", case="float32-0000"), *run(["quick"], op="relu")]
    has_errors = {row.key[1]: row.has_errors for row in summary.by_kernel(found)}
    kernels = {"forward": True, "input_gradient": True}
    assert has_errors == kernels | {"tape": False, "rejects": False, "out_of_scope": False}


def test_a_share_that_is_no_number_is_the_worst():
    nan = result(ok=False, share=float("nan"))
    assert summary.total([nan, result()]).share == float("inf")
    assert "infinite" in shown([nan, result()])


def test_no_ratio_to_a_pytorch_that_made_no_error():
    row = summary.total([result(torch_error=0.0)])
    assert table.relative(row) == "-"
    assert table.relative(summary.total([result(error=0.0, torch_error=0.0)])) == "exact"


def test_special_values_have_no_part_in_the_ratio_and_their_exceptions_are_counted():
    special = result("b", error=1e30, torch_error=1e10, special=True, overflowed=1200, share=0.7)
    filled = result("c", special=True, extra_nan=3)
    row = summary.total([result(), special, filled])
    assert (row.relative, row.share) == (0.5, 0.7)
    notes = summary.notes([result(), special, filled])
    assert [note.split(" elements")[0] for note in notes] == [
        "overflow on the way: 1,200",
        "special values: 3",
    ]
    assert "1,200 elements" in shown([special])
    assert summary.notes([result()]) == []


def test_the_table_fits_100_columns_and_names_everything():
    text = shown([result(direction="weight_gradient", op="max_pool2d"), result(), UNSUPPORTED])
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
    for word in ("max_pool2d", "weight_gradient", "tiled", "float32", "10.0 %", "0.50 x"):
        assert word in text


def test_failures_beyond_a_screen_are_counted():
    text = shown([FAILED] * (table.FAILURES_SHOWN + 5))
    assert text.count("run 'b'") == table.FAILURES_SHOWN
    assert "5 more failures" in text


def test_json_holds_every_field_and_no_number_json_cannot_say():
    document = json.loads(as_json.render([result(), FAILED, UNSUPPORTED], {"device": "a chip"}))
    fields = "op direction algorithm dtype device suite case ok error bound torch_error seconds"
    for case in document["cases"]:
        assert set(fields.split()) <= set(case)
    assert document["cases"][1]["error"] is None and document["cases"][1]["share"] is None
    counts = {"cases": 3, "failed": 1, "unsupported": 1, "seconds": 1.5}
    assert document["summary"] == {**counts, "suites": {"fuzz": counts}}
    assert document["environment"] == {"device": "a chip"}


def test_json_of_nothing_is_still_json():
    assert json.loads(as_json.render([], {}))["cases"] == []


def test_html_is_self_contained_and_shows_failures_with_their_repro_line():
    picture = Picture("Sobel", "Edges.", (b"png", b"png"))
    page = html.render([result(), FAILED, UNSUPPORTED], {"device": "a chip"}, [picture])
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(sources) == 3 and all(s.startswith("data:image/png;base64,") for s in sources)
    assert "http" not in page and "<script" not in page and "@import" not in page
    assert "run 'b'" in unescape(page) and "<lost>" in unescape(page) and "<lost>" not in page
    assert "1 of 3 cases failed" in page
    assert "at most 64 filters" in page and "a chip" in page and "Sobel" in page


def trained(dtype="float32", **numbers):
    way = dict(op="LeNet5", direction="Adam", algorithm="training", message="b left out: why")
    lines = ((1e-7, 2e-7), (1e-7, 3e-7) if dtype == "float32" else (0.0, 0.0))
    return replace(result(**way), dtype=dtype, suite="training", drift=lines, **numbers)


def test_a_training_run_s_drift_is_in_the_json_of_that_run_alone():
    cases = json.loads(as_json.render([result(), trained()], {}))["cases"]
    assert [case.get("drift") for case in cases] == [None, [[1e-7, 2e-7], [1e-7, 3e-7]]]


def test_training_is_plotted_and_what_was_left_out_is_said_once():
    page = html.render([trained(), trained("float64")], {})
    assert page.count("<img") == 1 and "Training, step by step" in page
    assert page.count("LeNet5: b left out: why") == 1
    assert html.render([result(), trained()], {}).count("<img") == 2
    assert "Training" not in html.render([result()], {})
    assert shown([trained(), trained("float64")]).count("LeNet5: b left out: why") == 1


def test_a_run_that_ended_at_once_or_in_nan_can_be_plotted():
    lost = trained(ok=False, message="too far")
    for line in ((), (float("inf"), 0.0)):
        assert drift.drift_by_step([replace(lost, drift=(line, line))]).startswith(b"\x89PNG")
    assert "too far" in html.render([lost], {})


def test_html_of_a_clean_run_says_so():
    page = html.render([result()], {})
    assert "All 1 cases passed" in page and "Failures" not in page and "Pictures" not in page


@pytest.mark.parametrize(
    "numbers",
    [
        {"share": 0.0},
        {"share": float("nan"), "ok": False},
        {"share": float("inf"), "ok": False},
        {"bound": 0.0, "share": 0.0},
        {"bound": 1e-44},
        {"bound": 1e30, "share": 1e30, "ok": False},
        {"op": "new_op", "direction": "sideways"},
    ],
)
def test_the_plot_takes_points_that_have_no_place_on_its_axes(numbers):
    assert plot.error_against_bound([result(), result("d", **numbers)]).startswith(b"\x89PNG")
    assert plot.error_against_bound([result("d", **numbers)]).startswith(b"\x89PNG")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "report"
    files.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        files.write(path, "new \ud800")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
