"""The lessons: number, name, and the files that belong to it."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import crosscheck
from crosscheck.course.answer import Answer

FOLDER = Path(crosscheck.__path__[-1]) / "docs" / "course"
_NAMES = (
    "first_kernel",
    "grids",
    "coalescing",
    "shared_memory",
    "barriers",
    "bank_conflicts",
    "registers",
    "vector_loads",
    "double_buffering",
    "roofline",
)


@dataclass(frozen=True)
class Lesson:
    """A lesson, docs/course/03_coalescing.md, and its exercise, exercises/coalescing.py there."""

    number: int
    name: str

    @property
    def text(self) -> Path:
        return FOLDER / f"{self.number:02}_{self.name}.md"

    @property
    def exercise(self) -> Path:
        return FOLDER / "exercises" / f"{self.name}.py"

    @property
    def title(self) -> str:
        """What follows the number in the heading of the text: "# 3. Coalescing"."""
        with self.text.open() as text:
            return text.readline().partition(". ")[2].strip()

    def check(self, file: Path) -> str:
        """Return what is to say about a right answer in a file. Raises Wrong for any other."""
        return import_module(f"crosscheck.course.lessons.{self.name}").check(Answer(file))


LESSONS = [Lesson(number, name) for number, name in enumerate(_NAMES, 1)]
