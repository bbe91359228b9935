"""The frame of the gallery: exhibits are kept, the page holds all, a failure is no page."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from crosscheck.examples import gallery
from crosscheck.examples.gallery import __main__ as command
from crosscheck.examples.gallery import exhibit, page


def fill(folder, caption="a square"):
    shown = exhibit.Exhibit(folder, facts={"share <1>": "40 %"})
    figure, axes = exhibit.plt.subplots(figsize=(1, 1))
    axes.imshow(np.eye(4))
    shown.draw("square", figure, caption)
    shown.save()
    return shown


def test_an_exhibit_is_read_as_it_was_saved(tmp_path, capsys):
    saved = fill(tmp_path / "new" / "folder")
    assert capsys.readouterr().out == "share <1>: 40 %\n"
    assert exhibit.read(tmp_path / "new" / "folder") == saved
    assert saved.captions == {"square.png": "a square"}
    assert (saved.folder / "square.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_holds_text_figures_and_pictures_of_each_example_and_needs_no_other_file(tmp_path):
    for name in gallery.EXAMPLES:
        fill(tmp_path / name, caption=f"of {name} & more")
    html = page.render(gallery.EXAMPLES, tmp_path)
    for name in gallery.EXAMPLES:
        assert f'<section id="{name}">' in html and f'href="#{name}"' in html
        assert html.count(f"of {name} &amp; more") == 2  # the caption, and what a reader hears
    assert html.count("<dt>share &lt;1&gt;</dt><dd>40 %</dd>") == len(gallery.EXAMPLES)
    assert html.count('<img src="data:image/webp;base64,') == len(gallery.EXAMPLES)
    assert html.count("<img") == len(gallery.EXAMPLES) and "http" not in html


@pytest.mark.parametrize("name", gallery.EXAMPLES)
def test_every_example_says_what_it_is_and_how_to_run_it(name):
    title, paragraphs, commands = page.described(name)
    assert 10 < len(title) < 100 and not title.endswith(".")
    assert paragraphs and all(20 < len(each) for each in paragraphs)
    assert name in commands or "crosscheck train" in commands


@pytest.fixture
def runs(monkeypatch):
    """The commands that were run instead of the examples; the example `fails` fails."""
    commands = []

    def run(arguments):
        commands.append(arguments)
        status = int(arguments[2].endswith("fails"))
        if not status:
            fill(command.Path(arguments[-1]))
        return SimpleNamespace(returncode=status)

    monkeypatch.setattr(command.subprocess, "run", run)
    return commands


def invoke(tmp_path, *options):
    html = tmp_path / "docs" / "index.html"
    arguments = ["--output", str(tmp_path / "out"), "--html", str(html), *options]
    return CliRunner().invoke(command.app, arguments), html


def test_all_examples_run_then_one_alone_with_what_the_others_left(tmp_path, runs):
    missing, html = invoke(tmp_path, "--only", "checkerboard")
    assert missing.exit_code == 1 and "run without --only first" in " ".join(missing.output.split())
    assert not html.exists()
    result, html = invoke(tmp_path)
    assert result.exit_code == 0 and html.exists()
    alone, html = invoke(tmp_path, "--only", "checkerboard")
    assert alone.exit_code == 0
    names = ["checkerboard", *gallery.EXAMPLES, "checkerboard"]
    assert [each[2] for each in runs] == [f"crosscheck.examples.{name}" for name in names]
    assert all(each[0] == sys.executable for each in runs)


def test_an_example_that_fails_ends_it_without_a_page(tmp_path, runs, monkeypatch):
    monkeypatch.setattr(command, "EXAMPLES", ("fails", "checkerboard"))
    result, html = invoke(tmp_path)
    assert result.exit_code == 1 and "fails ended with status 1" in result.output
    assert not html.exists() and len(runs) == 1


def test_an_unknown_name_is_refused_with_the_names_there_are(tmp_path, runs):
    result, _ = invoke(tmp_path, "--only", "sculpture")
    assert result.exit_code == 2 and "sculpture is none of" in result.output and not runs
