"""What `crosscheck bench compare A B` does: files where A and B look like files, else git refs."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from crosscheck.benchmarks import predictions_file, results_file
from crosscheck.benchmarks.compare import (
    floors,
    interleaved,
    refs,
    results,
    static,
    static_table,
    table,
)
from crosscheck.benchmarks.predictions_file import Prediction
from crosscheck.kernels.inspect.record import Record

INTERRUPTED = 130

Figures = tuple[Record | None, list[Prediction]]


def run(
    console: Console,
    names: tuple[str, str],
    threshold: float,
    only_static: bool,
    rounds: int,
    options: Sequence[str],
) -> int:
    """Compare, print, and return the exit status: 1 where something got worse.

    names: of two files (or folders with results), or of two git refs
    threshold: the share by which a row may get slower
    options: of `crosscheck bench run`, for refs

    Raises ValueError for names that are neither, OSError and RuntimeError where refs cannot be
    measured.
    """
    paths = [_file(each) for each in names]
    if None in paths and any(paths):
        kinds = " and ".join(
            f"{name!r} is a {'file' if path else 'git ref'}"
            for name, path in zip(names, paths, strict=True)
        )
        raise ValueError(f"{kinds}; expected two files or two refs")
    files = [path for path in paths if path is not None]
    if options and (files or only_static):
        raise ValueError(f"{' '.join(options)!r} is for `bench run`, which only two refs run")
    if only_static:
        before, after = (_figures(name, path) for name, path in zip(names, paths, strict=True))
        return _static(console, before, after)
    if files:
        compared = results.compare([(results_file.read(files[0]), results_file.read(files[1]))])
        table.show(console, compared, threshold)
        return 1 if compared.failures(threshold) else 0
    return _refs(
        console, (refs.commit(names[0]), refs.commit(names[1])), threshold, rounds, options
    )


def _figures(name: str, path: Path | None) -> Figures:
    """Return the record and the predictions of a file or of a ref; of a file one of them."""
    if path is None:
        commit = refs.commit(name)
        return static.read(commit), floors.read(commit)
    if path.suffix == ".json":
        return None, predictions_file.parse(path.read_text(encoding="utf-8"), name)
    return static.read_file(path), []


def _static(console: Console, before: Figures, after: Figures) -> int:
    (record, predictions), (later_record, later_predictions) = before, after
    is_worse = False
    if predictions and later_predictions:
        predicted = floors.compare(predictions, later_predictions)
        static_table.show_floors(console, predicted)
        is_worse |= bool(predicted.worse)
    if record and later_record:
        found = static.compare(record, later_record)
        static_table.show(console, found)
        is_worse |= bool(found.worse)
    elif not (predictions and later_predictions):
        raise ValueError(
            "nothing to compare; expected two records, two files of predictions, or refs"
        )
    return 1 if is_worse else 0


def _file(name: str) -> Path | None:
    """Return the file that a name is of; None for what is no file and does not look like one."""
    path = Path(name)
    if path.is_dir() and (path / results_file.NAME).is_file():
        return path / results_file.NAME
    if path.is_file():
        return path
    if path.suffix in (".json", ".csv"):
        raise ValueError(f"the file {name} does not exist")
    return None


def _refs(
    console: Console,
    commits: tuple[str, str],
    threshold: float,
    rounds: int,
    options: Sequence[str],
) -> int:
    found: list[results.Round] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    interrupted = False
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("checking out", total=2 * rounds)
        started = iter(range(2 * rounds))

        def announce(what: str) -> None:
            bar.update(task, completed=next(started), description=what)

        try:
            with closing(interleaved.run(commits, rounds, options, announce)) as measured:
                for each in measured:
                    found.append(each)
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        console.print(f"Interrupted after {len(found)} of {rounds} rounds.")
    if not found:
        return INTERRUPTED
    compared = results.compare(found)
    table.show(console, compared, threshold)
    if interrupted:
        return INTERRUPTED
    return 1 if compared.failures(threshold) else 0
