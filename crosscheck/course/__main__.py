"""The command `crosscheck course`: ten lessons, and what is right and wrong with an answer.

Exit status: 0; 1 for a wrong answer; 2 for a wrong option.
"""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("course")

import shutil
from pathlib import Path
from typing import Annotated

import typer

from crosscheck.course.catalogue import FOLDER, LESSONS, Lesson
from crosscheck.course.wrong import Wrong

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    number: Annotated[
        int | None,
        typer.Argument(
            min=1, max=len(LESSONS), metavar="[LESSON]", help="1 to 10; none lists all."
        ),
    ] = None,
    start: Annotated[
        bool, typer.Option("--start", help="Only put its exercise into this folder.")
    ] = False,
) -> None:
    """Learn to write fast kernels in ten lessons, whose exercises are checked without a GPU."""
    if number is None:
        _list()
        return
    lesson = LESSONS[number - 1]
    file = Path(lesson.exercise.name)
    if start and file.exists():
        raise typer.BadParameter(f"{file} exists; expected no file of that name in this folder")
    if start or not file.exists():
        shutil.copyfile(lesson.exercise, file)
        typer.echo(f"Lesson {number}, {lesson.title}: {lesson.text}")
        typer.echo(
            f"Its exercise is in {file}. Change it, then check it: crosscheck course {number}"
        )
        return
    try:
        typer.echo(f"{file} is right. {lesson.check(file)}")
    except Wrong as wrong:
        typer.echo(f"{file} is not right yet.\n{wrong}")
        raise typer.Exit(1) from None


def _list() -> None:
    """Print the lessons, and of those whose exercise is in this folder whether it is solved."""
    typer.echo(f"The lessons are in {FOLDER}, the answers are looked for in this folder.")
    for lesson in LESSONS:
        typer.echo(f"{lesson.number:>3}  {lesson.title:<48}  {_state(lesson)}")


def _state(lesson: Lesson) -> str:
    file = Path(lesson.exercise.name)
    if not file.exists():
        return ""
    try:
        lesson.check(file)
    except Wrong:
        return f"{file} is not right yet"
    return "solved"
