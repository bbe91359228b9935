"""The pages of the course: what they run, print, show and link to is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crosscheck.course.answer import Answer
from crosscheck.course.catalogue import FOLDER, LESSONS
from crosscheck.docs.course.figures import FIGURES

ROOT = Path(__file__).parents[3]
README = FOLDER / "README.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(lesson):
    """Return (language, text) of the blocks of a lesson."""
    return BLOCK.findall(lesson.text.read_text())


def program(lesson):
    """Return what a reader has in lesson.py in the end."""
    return "\n".join(text for language, text in blocks(lesson) if language == "python")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_its_program_prints_what_the_page_says(lesson, tmp_path, capsys):
    languages = [language for language, _ in blocks(lesson)]
    assert languages[:2] == ["python", "text"] and set(languages[2:]) <= {"console"}
    file = tmp_path / "lesson.py"
    file.write_text(program(lesson))
    Answer(file)
    assert capsys.readouterr().out == blocks(lesson)[1][1]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_its_commands_print_what_the_page_says(lesson, tmp_path):
    (tmp_path / "lesson.py").write_text(program(lesson))
    for language, text in blocks(lesson):
        if language == "console":
            command, *lines = text.splitlines()
            words = command.removeprefix("$ crosscheck ").split()
            done = subprocess.run(
                [sys.executable, "-m", "crosscheck", *words],
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
            )
            for line in lines:
                assert line in done.stdout + done.stderr


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_it_shows_its_figure_as_it_is_drawn(lesson):
    draw = FIGURES[lesson.number - 1]
    assert draw.__name__ == lesson.name
    picture = lesson.text.with_suffix(".svg")
    assert f"]({picture.name})" in lesson.text.read_text()
    assert picture.read_text() == draw().svg()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_it_names_its_exercise_the_ladder_and_a_gpu(lesson):
    text = lesson.text.read_text()
    assert text.startswith(f"# {lesson.number}. ")
    assert f"**Exercise.** `crosscheck course {lesson.number}`" in text
    assert "**With a GPU.**" in text


@pytest.mark.parametrize("page", [README, *(each.text for each in LESSONS)], ids=lambda p: p.stem)
def test_its_links_and_files_exist(page):
    text = BLOCK.sub("", page.read_text())
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for name in re.findall(r"`(kernels/[\w/]+\.py)`", text):
        assert (ROOT / name).exists(), name


def test_the_first_page_lists_the_lessons():
    listed = re.findall(r"^\d+\. \[(.+)\]\((.+)\)$", README.read_text(), re.MULTILINE)
    assert listed == [(each.title, each.text.name) for each in LESSONS]
