"""What the module's algorithms do not take: said at the end, as a user may not expect it."""

from collections.abc import Iterable

from crosscheck.benchmarks.run.plan import Task

Place = tuple[str, str, str]  # suite, direction, who


class Refusals:
    """Tasks that were refused, with the reasons."""

    def __init__(self) -> None:
        self._reasons: dict[Place, list[str]] = {}

    def add(self, task: Task, reason: Exception) -> None:
        """Enter a task that an algorithm does not take, if it is the module's."""
        if task.is_of_module:
            text = f"{task.layer.name!r}: {reason}"
            self._reasons.setdefault(_place(task), []).append(text)

    def lines(self, tasks: Iterable[Task]) -> list[str]:
        """Return a line for each suite, direction and algorithm, with the first of the reasons;
        `tasks` are all of the run.
        """
        total: dict[Place, int] = {}
        for each in tasks:
            total[_place(each)] = total.get(_place(each), 0) + 1
        return [
            f"{suite}, {direction}: {who} does not take {len(reasons)} of"
            f" {total[suite, direction, who]} layers, the first {reasons[0]}"
            for (suite, direction, who), reasons in self._reasons.items()
        ]


def _place(task: Task) -> Place:
    return task.suite, task.direction, task.who
