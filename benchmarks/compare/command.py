"""What `crosscheck bench compare A B` does: files where A and B look like files, else git refs."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from crosscheck.benchmarks import results_file
from crosscheck.benchmarks.compare import interleaved, refs, results, static, static_table, table

INTERRUPTED = 130


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
            f"{name!r} a {'file' if path else 'git ref'}"
            for name, path in zip(names, paths, strict=True)
        )
        raise ValueError(f"{kinds}; expected two files or two refs")
    files = [path for path in paths if path is not None]
    if options and (files or only_static):
        raise ValueError(f"{' '.join(options)!r} is for `bench run`, which only two refs run")
    if only_static:
        before, after = (
            static.read_file(path) if path else static.read(refs.commit(name))
            for name, path in zip(names, paths, strict=True)
        )
        found = static.compare(before, after)
        static_table.show(console, found)
        return 1 if found.worse else 0
    if files:
        compared = results.compare([(results_file.read(files[0]), results_file.read(files[1]))])
        table.show(console, compared, threshold)
        return 1 if compared.failures(threshold) else 0
    return _refs(
        console, (refs.commit(names[0]), refs.commit(names[1])), threshold, rounds, options
    )


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
