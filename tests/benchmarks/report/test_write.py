"""`crosscheck bench report`: the page, the pictures beside it, and README's table."""

import re
import subprocess
import sys
from dataclasses import replace
from html import unescape

import pytest
from typer.testing import CliRunner

from crosscheck.benchmarks import predictions_file
from crosscheck.benchmarks.__main__ import app
from crosscheck.benchmarks.predictions_file import parse
from crosscheck.benchmarks.report import html, readme, side_by_side, theme

README = f"# Title\n\n{readme.BEGIN}\nold | table\n{readme.END}\n\nThe end.\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Draw nothing: test_pictures.py does."""
    monkeypatch.setattr(
        theme, "_png", lambda size, paint, paper, ink, lines: b"PNG " + paper.encode()
    )


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A function that writes a run and its report, and returns the answer and the page."""
    path = tmp_path / "README.md"
    path.write_text(README)
    monkeypatch.setattr(readme, "PATH", path)

    def make(run, *options):
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        run.write(folder / "results.json")
        answer = CliRunner().invoke(app, ["report", str(folder), *options])
        page = folder / "report.html"
        return answer, page.read_text() if page.exists() else ""

    make.folder, make.readme = tmp_path / "out", path
    return make


def test_the_page_is_self_contained_and_its_pictures_lie_beside_it(results, report):
    answer, page = report(results("ladder"))
    assert answer.exit_code == 0, answer.output
    sources = re.findall(r'(?:src|href|srcset)="([^"]*)"', page)
    assert sources and all(each.startswith("data:image/png;base64,") for each in sources)
    assert "http" not in page and "<script" not in page and "@import" not in page
    pngs = {path.stem for path in report.folder.glob("*.png")}
    assert pngs >= {"ladder", "roofline", "bars-ladder-forward-float32"}
    assert len(sources) == 2 * len(pngs) and page.count("prefers-color-scheme: dark") == 1 + len(
        pngs
    )
    for text in ("Imaginary 9000", "0123456789ab", "crosscheck bench run --suite made-up"):
        assert text in page
    assert "mobilenet: no time" in page  # what was left out


def test_a_cpu_s_run_says_in_its_title_that_it_tells_nothing(results, report):
    _, page = report(results("ladder", device="cpu"))
    (title,) = re.findall("<title>(.*)</title>", page)
    assert "tell nothing about a GPU" in title and 'class="warning"' in page
    _, page = report(results("ladder"))
    (title,) = re.findall("<title>(.*)</title>", page)
    assert "CPU" not in title and 'class="warning"' not in page


def test_what_there_is_nothing_to_measure_of_is_no_problem(results, report):
    run = results("ladder")
    run.rows[0] = replace(run.rows[0], microseconds=0.0, low=0.0, high=0.0, note="<passed on>")
    _, page = report(run)
    assert "Nothing to measure" in page and "<passed on>" in unescape(page)
    assert "Rows with problems" not in page


def test_rows_with_problems_and_throttled_ones_are_listed(results, report):
    run = results("ladder")
    run.rows[0] = replace(run.rows[0], microseconds=0.0, problem="<out of memory>")
    run.rows[1] = replace(run.rows[1], throttled="power cap")
    _, page = report(run)
    assert "Rows with problems" in page and "<out of memory>" in unescape(page)
    assert "<out of memory>" not in page and "power cap" in page
    _, page = report(results("ladder"))
    assert "Rows with problems" not in page and "Throttled" not in page


def test_what_was_predicted_is_beside_what_was_measured(results, prediction, report):
    run = results("ladder")
    report.folder.mkdir()
    (report.folder / "predict-imaginary.json").write_text(prediction(run.rows))
    _, page = report(run)
    assert "Predicted and measured" in page
    pairs = side_by_side.pair(run.rows, "Imaginary 9000", parse(prediction(run.rows), ""))
    assert len(pairs) == 12 and {each.ratio for each in pairs} == {2.0}


def test_what_the_repository_predicts_stands_in_where_the_folder_has_none(
    results, prediction, report, monkeypatch, tmp_path
):
    run = results("ladder")
    committed = tmp_path / "committed"
    committed.mkdir()
    monkeypatch.setattr(predictions_file, "COMMITTED", committed)
    assert "Predicted and measured" not in report(run)[1]
    (committed / "p.json").write_text(prediction(run.rows))
    assert "<td>2.00</td>" in re.sub(r"\s*class=\S+?(?=>)", "", report(run)[1])
    (report.folder / "own.json").write_text(prediction(run.rows, microseconds=1.0))
    found = predictions_file.known(report.folder)
    assert len(found) == 12 and {each.microseconds for each in found} == {1.0}


def test_without_a_gpu_the_ladder_is_the_predicted_one(results, prediction, report, tmp_path):
    run = results("ladder", device="cpu")
    report.folder.mkdir()
    (report.folder / "p.json").write_text(prediction(run.rows))
    _, page = report(run)
    assert "by prediction" in page and "No GPU has measured it" in page
    assert (report.folder / "ladder-predicted.png").exists()
    assert not (report.folder / "ladder.png").exists()


@pytest.mark.parametrize(
    ("measured", "predicted", "same"),
    [
        ("NVIDIA H200", "H200 SXM", True),
        ("NVIDIA A100-SXM4-80GB", "A100 SXM 80 GB", True),
        ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090", True),
        ("NVIDIA GeForce RTX 4090", "GeForce RTX 3090", False),
        ("NVIDIA L40S", "L4", False),
        ("", "", False),
    ],
)
def test_a_gpu_is_known_by_its_model(results, prediction, measured, predicted, same):
    rows = results("ladder", directions=["forward"]).rows
    predictions = parse(prediction(rows, gpu=predicted), "")
    assert bool(side_by_side.pair(rows, measured, predictions)) == same


def test_the_readme_s_table_is_rewritten_between_its_markers_and_nothing_else(results, report):
    answer, _ = report(results("resnet50", "ladder"), "--readme")
    assert answer.exit_code == 0, answer.output
    text = report.readme.read_text()
    assert text.startswith(f"# Title\n\n{readme.BEGIN}\n") and "old | table" not in text
    assert text.endswith(f"\n{readme.END}\n\nThe end.\n")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 2 * 3 + 1 and "Imaginary 9000, 2001-01-01, driver 1.2" in text
    assert len({row.count("|") for row in rows}) == 1
    again, _ = report(results("resnet50", "ladder"), "--readme")
    assert again.exit_code == 0 and report.readme.read_text() == text


def test_where_we_lose_is_a_row_with_the_worst_layers(results):
    run = results("resnet50")
    text = readme.table(run)
    lost = sum(each.speed() < 1 for some in html.group(run.rows) for each in some.layers)
    (row,) = (line for line in text.splitlines() if "where we lose" in line)
    assert f"| {lost} of 63 |" in row and row.count("resnet50") == readme.LOST_SHOWN
    best = [
        replace(r, microseconds=1e-3, low=1e-3) if r.subject == "crosscheck" else r
        for r in run.rows
    ]
    assert "nowhere | 0 of 63" in readme.table(replace(run, rows=best))


def test_a_cpu_s_table_says_first_that_it_tells_nothing(results):
    said = readme.table(results("ladder", device="cpu")).splitlines()[0]
    assert said.startswith("**Measured on a CPU") and "nothing about a GPU" in said
    assert "CPU" not in readme.table(results("ladder"))


@pytest.mark.parametrize(
    "text",
    ["", readme.BEGIN, f"{readme.END}{readme.BEGIN}", 2 * f"{readme.BEGIN}{readme.END}"],
)
def test_a_readme_without_markers_is_refused_before_anything_is_written(results, report, text):
    report.readme.write_text(text)
    answer, page = report(results("ladder"), "--readme")
    assert answer.exit_code == 2 and "has no table to rewrite" in answer.output
    assert not page and report.readme.read_text() == text


def test_a_table_needs_layers_that_pytorch_computed_too(results, report):
    run = results("ladder")
    ours = replace(run, rows=[row for row in run.rows if row.subject == "crosscheck"])
    answer, _ = report(ours, "--readme")
    assert answer.exit_code == 2 and report.readme.read_text() == README
    assert report(ours)[0].exit_code == 0  # a page is made of them


def test_a_folder_without_results_is_refused(tmp_path):
    answer = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert answer.exit_code == 2 and "results.json" in answer.output
    answer = CliRunner().invoke(app, ["report", str(tmp_path / "missing")])
    assert answer.exit_code == 2


def test_without_matplotlib_there_is_a_page_without_pictures(results, tmp_path):
    results("ladder").write(tmp_path / "results.json")
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from crosscheck.benchmarks.__main__ import app\n"
        f"app(['report', {str(tmp_path)!r}])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    page = (tmp_path / "report.html").read_text()
    assert "No pictures: matplotlib is not installed." in page and "Beside PyTorch" in page
    assert not list(tmp_path.glob("*.png"))


def test_an_interrupt_while_it_draws_leaves_a_page(results, report, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(theme, "_png", interrupted)
    answer, page = report(results("ladder"))
    assert answer.exit_code == 130 and "Beside PyTorch" in page and "No pictures" in page


def test_nothing_measured_is_still_a_page(results, report):
    run = results("ladder")
    answer, page = report(replace(run, rows=[], ceilings={}))
    assert answer.exit_code == 0 and "<img" not in page


def test_the_repository_s_readme_has_its_markers():
    readme.parts(readme.PATH)
