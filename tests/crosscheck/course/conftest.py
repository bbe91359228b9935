"""Answers, made of the exercises by edits, and what the course says about them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crosscheck.course.catalogue import LESSONS
from crosscheck.course.wrong import Wrong

Edit = tuple[str, str]


@pytest.fixture
def right(tmp_path: Path) -> Callable[..., str]:
    """Returns what is said about the exercise of a lesson after edits (old, new)."""

    def check(name: str, *edits: Edit) -> str:
        (lesson,) = (each for each in LESSONS if each.name == name)
        text = lesson.exercise.read_text()
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
            text = text.replace(old, new)
        file = tmp_path / lesson.exercise.name
        file.write_text(text)
        return lesson.check(file)

    return check


@pytest.fixture
def wrong(right: Callable[..., str]) -> Callable[..., str]:
    """Returns why the exercise of a lesson is wrong after edits (old, new)."""

    def check(name: str, *edits: Edit) -> str:
        with pytest.raises(Wrong) as caught:
            right(name, *edits)
        return str(caught.value)

    return check
