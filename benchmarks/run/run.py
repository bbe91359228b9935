"""Run the tasks one after the other; the file of results is whole after each."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crosscheck.benchmarks import results_file, subjects
from crosscheck.benchmarks.peers import own_subjects, switches, torch_subjects
from crosscheck.benchmarks.protocol import ceilings, clock, device
from crosscheck.benchmarks.protocol.check import Wrong
from crosscheck.benchmarks.protocol.limits import Limits
from crosscheck.benchmarks.protocol.measure import Protocol, measure
from crosscheck.benchmarks.protocol.workload import Store, Workload, has_layouts
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import OURS, Row
from crosscheck.benchmarks.run import facts, steps_and_calls
from crosscheck.benchmarks.run.plan import DEFAULT, Choice, Task, summary, tasks
from crosscheck.benchmarks.run.refusals import Refusals
from crosscheck.benchmarks.subjects import Subject
from crosscheck.kernels.algorithm import Unsupported

SETS = 3  # of input arrays; fewer where they would fill a GPU
LIMITS = {"cpu": Limits(seconds=0.3), "cuda": Limits()}
RECENT = 5  # rows: the next one is expected to take as long as the longest of them


class Run:
    """A run: `results` grow row by row; `write` puts them into the folder `out`, if there is one.

    With `resume` the rows of a file that is there already are kept, but for those with a problem,
    which are measured again; `kept` is how many.

    Raises OSError where `out` cannot be written, before anything is measured, and ValueError where
    the rows to be kept are those of another machine, commit or PyTorch.
    """

    def __init__(
        self,
        choice: Choice,
        out: Path | None,
        minutes: float | None = None,
        resume: bool = False,
    ) -> None:
        self.choice, self._minutes = choice, minutes
        self.results = Results(facts.describe(choice.device, choice.module))
        self._path = None
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            self._path = out / results_file.NAME
            if resume and self._path.exists():
                self._keep(results_file.read(self._path))
            self.write()
        self.kept = len(self.results.rows)
        self.tasks = tasks(choice)
        self.interrupted = False
        self._durations, self._refusals = [], Refusals()
        self._sets: tuple[Any, list[Workload]] = (None, [])

    def _keep(self, before: Results) -> None:
        if why := facts.difference(before.environment, self.results.environment):
            raise ValueError(f"{self._path}: {why}")
        self.results.rows = [each for each in before.rows if not each.problem]

    def write(self) -> None:
        """Write what there is. Raises OSError."""
        if self._path is not None:
            self.results.write(self._path)

    def run(self, announce: Callable[[Task], Any], advance: Callable[[], Any]) -> Results:
        """Measure all there is time for, and return the results.

        `announce` is called before a task, `advance` after it. Ctrl-C ends the run early. Raises
        OSError where the results cannot be written.
        """
        end = clock.now() + 60 * self._minutes if self._minutes is not None else None
        pending = deque(self.tasks)
        try:
            self._begin()
            while pending and (end is None or clock.now() + self._expected() < end):
                announce(pending[0])
                start = clock.now()
                if (row := self.row(pending[0])) is not None:
                    self.results.rows.append(row)
                    self.write()
                    self._durations.append(clock.now() - start)
                pending.popleft()
                advance()
        except KeyboardInterrupt:
            self.interrupted = True
        self.results.left_out = summary(pending, self.tasks) + self._refusals.lines(self.tasks)
        self.write()
        return self.results

    def _begin(self) -> None:
        choice = self.choice
        self._device = device.of(choice.device)
        self._store = Store(self._device, choice.dtype)
        self.results.ceilings = ceilings.measure(self._device, choice.dtype)
        self._protocol = Protocol(self.results.ceilings, LIMITS[choice.device])
        self._faulty = {
            peer: switches.wrong(choice.device, peer == "torch-tf32") for peer in choice.peers
        }

    def _expected(self) -> float:
        return max(self._durations[-RECENT:], default=0.0)

    def row(self, task: Task) -> Row | None:
        """Return the row of a task, None where there is none: it does not take the layer, or it is
        there already. Whatever goes wrong is a row with a problem.
        """
        try:
            has_no_layer = task.suite in steps_and_calls.SUITES
            is_of_torch = task.peer in torch_subjects.NAMES
            if (is_of_torch or has_no_layer) and self._is_there(task):
                return None
            if has_no_layer:
                return self._without_layer(task)
            if is_of_torch:
                return self._of_peer(task)
            sets = self._arrays(task, task.layout)
            name = task.algorithm
            if name == DEFAULT:
                name = subjects.default_algorithm(sets[0])
            subject = subjects.ours(name)
            if task.is_of_module:
                subject = own_subjects.subject(task.peer, name, sets[0])
            empty = self._filled(task, subject, task.layout, {})
            if any(each.key == empty.key for each in self.results.rows):
                return None  # as the default
            return self._filled(task, subject, task.layout, measure(subject, sets, self._protocol))
        except Unsupported as reason:
            self._refusals.add(task, reason)
            if task.algorithm != DEFAULT:
                return None
            problem = str(reason)
        except Wrong as reason:
            problem = str(reason)
        except Exception as error:  # no memory for the arrays, for instance
            problem = " ".join(f"{type(error).__name__}: {error}".split())
            self._sets = (None, [])
        subject = Subject(task.peer or OURS, task.algorithm, lambda workload: None)
        return self._filled(task, subject, task.layout, {"problem": problem})

    def _is_there(self, task: Task) -> bool:
        """Return whether there is a row of what has one algorithm."""
        wanted = task.suite, task.layer.name, task.direction, task.peer or OURS, task.algorithm
        dtype, where = self.choice.dtype, self.choice.device
        return any(
            (row.suite, row.layer, row.direction, row.subject, row.algorithm) == wanted
            and (row.dtype, row.device) == (dtype, where)
            for row in self.results.rows
        )

    def _of_peer(self, task: Task) -> Row:
        """Return the row of the layout in which the peer is the fastest."""
        subject, faulty = torch_subjects.subject(task.peer), self._faulty[task.peer]
        rows = []
        for layout in ("nchw", "nhwc") if has_layouts(task.layer) else ("nchw",):
            numbers = {"problem": faulty}
            if not faulty:
                numbers = measure(subject, self._arrays(task, layout), self._protocol)
            rows.append(self._filled(task, subject, layout, numbers))
        return min(rows, key=lambda row: (bool(row.problem), row.microseconds))

    def _without_layer(self, task: Task) -> Row:
        dtype, limits = self.choice.dtype, self._protocol.limits
        numbers = steps_and_calls.measure(task, dtype, self._device, limits)
        subject = Subject(task.peer or OURS, task.algorithm, lambda workload: None)
        return self._filled(task, subject, task.layout, numbers)

    def _filled(self, task: Task, subject: Subject, layout: str, numbers: dict[str, Any]) -> Row:
        layer = task.layer
        what = task.suite, layer.name, layer.op, task.direction
        how = self.choice.dtype, layout, self.choice.device
        return Row(*what, subject.name, subject.algorithm, *how, layer.count, **numbers)

    def _arrays(self, task: Task, layout: str) -> list[Workload]:
        """Return the sets of arrays of a task; those of the task before, if they are the same."""
        key = task.suite, task.layer.name, task.direction, layout
        if self._sets[0] != key:
            self._sets = (None, [])  # first: their memory is needed
            first = Workload(task.layer, task.direction, layout, self._device, self._store)
            more = min(SETS, max(1, self._device.free_bytes() // 4 // first.bytes)) - 1
            rest = [
                Workload(task.layer, task.direction, layout, self._device, self._store)
                for _ in range(more)
            ]
            self._sets = (key, [first, *rest])
        return self._sets[1]
