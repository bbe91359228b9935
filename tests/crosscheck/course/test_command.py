"""`crosscheck course`: what it puts into the folder, lists, and says of an answer."""

import pytest
from typer.testing import CliRunner

from crosscheck.course.__main__ import app
from crosscheck.course.catalogue import LESSONS
from crosscheck.course.wrong import Wrong

RIGHT = """
from numba import cuda

@cuda.jit
def double_and_add(x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] = 2 * x[i] + 1
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Returns a function that calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words, status=0):
        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == status, answer.output
        return answer.output

    return call


def test_the_first_call_puts_the_exercise_here_and_the_next_checks_it(course, tmp_path):
    said = course("1")
    assert "01_first_kernel.md" in said and "crosscheck course 1" in said
    assert (tmp_path / "first_kernel.py").read_text() == LESSONS[0].exercise.read_text()
    assert "first_kernel.py is not right yet.\ny[0] is written by no thread" in course(
        "1", status=1
    )
    (tmp_path / "first_kernel.py").write_text(RIGHT)
    assert "first_kernel.py is right. 1000 threads wrote an element each" in course("1")


def test_start_never_overwrites(course, tmp_path):
    (tmp_path / "first_kernel.py").write_text("mine")
    assert "first_kernel.py exists; expected" in course("1", "--start", status=2)
    assert (tmp_path / "first_kernel.py").read_text() == "mine"


def test_the_list_says_what_is_solved(course, tmp_path):
    (tmp_path / "first_kernel.py").write_text(RIGHT)
    (tmp_path / "grids.py").write_text(LESSONS[1].exercise.read_text())
    lines = course().splitlines()
    assert len(lines) == 11
    assert [line.split("  ")[-1].strip() for line in lines[1:4]] == [
        "solved",
        "grids.py is not right yet",
        "",
    ]
    assert all(lesson.title in line for lesson, line in zip(LESSONS, lines[1:], strict=True))


def test_there_is_no_eleventh_lesson(course):
    assert "less than or equal to 10" in course("11", status=2)


@pytest.mark.parametrize(
    "text, message",
    [
        ("x = (\n", "first_kernel.py:1: '(' was never closed"),
        ("import numba\n\nnumba.nothing\n", "first_kernel.py:3: AttributeError: "),
        ("x = 1\n", "first_kernel.py: double_and_add is missing"),
        ("def double_and_add(x, y): ...\n", "double_and_add is no kernel; expected @cuda.jit"),
    ],
)
def test_a_file_that_is_no_answer(tmp_path, text, message):
    file = tmp_path / "first_kernel.py"
    file.write_text(text)
    with pytest.raises(Wrong) as caught:
        LESSONS[0].check(file)
    assert message in str(caught.value)


def test_the_stand_in_is_gone_afterwards(tmp_path):
    from crosscheck.kernels.cpu.cuda import install

    file = tmp_path / "first_kernel.py"
    file.write_text(RIGHT)
    LESSONS[0].check(file)
    assert not install.is_installed()
