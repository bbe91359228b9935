"""Two records of what a compiler makes of the kernels: which figures got worse, with no GPU.

The record is the one that `crosscheck inspect` keeps, and what is worse is what its gate says: from
one compiler every figure is the same to the last digit, from another it may be a little worse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from crosscheck.benchmarks.compare import refs
from crosscheck.kernels.inspect import gate, record
from crosscheck.kernels.inspect.record import Record
from crosscheck.kernels.inspect.variant import Variant

PATH = "kernels/inspect/record.csv"


@dataclass(frozen=True)
class Figure:
    """How a figure of a kernel changed, in all variants that it changed in, worse or better.

    before, after  where it changed most
    """

    kernel: str
    figure: str
    is_worse: bool
    before: float
    after: float
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Comparison:
    """What two records say.

    figures       what changed; what got worse comes first
    added, gone   kernels that only one of them has
    compilers     of both, where they differ
    """

    figures: Sequence[Figure]
    added: Sequence[str]
    gone: Sequence[str]
    compilers: tuple[str, str] | None

    @property
    def worse(self) -> list[Figure]:
        return [each for each in self.figures if each.is_worse]


def read(commit: str, root: Path = refs.ROOT) -> Record:
    """Return the record of a commit. Raises ValueError where it has none that can be read."""
    text = refs.read(commit, PATH, root)
    if text is None:
        raise ValueError(f"commit {commit[: refs.SHORT]} has no {PATH}")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record.csv"
        file.write_text(text, newline="")
        return read_file(file, f"{PATH} of {commit[: refs.SHORT]}")


def read_file(path: Path, name: str = "") -> Record:
    """Return the record in a file. Raises ValueError, with the file's name, where it has none."""
    try:
        found = record.read(path)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name or path}: no record of `crosscheck inspect`: {error!r}") from None
    return found


def compare(before: Record, after: Record) -> Comparison:
    """Compare all kernels of two records."""
    same_compiler = before.compiler == after.compiler
    groups: dict[tuple[str, str, bool], list[tuple[Variant, gate.Change]]] = {}
    for variant, line in before.lines.items():
        if variant in after.lines:
            for each in gate.changes(line, after.lines[variant], same_compiler):
                group = variant.kernel, each.figure, each.is_worse
                groups.setdefault(group, []).append((variant, each))
    figures = [_figure(*group, members) for group, members in groups.items()]
    return Comparison(
        sorted(figures, key=lambda each: (not each.is_worse, each.kernel, each.figure)),
        added=_only_in(after, before),
        gone=_only_in(before, after),
        compilers=None if same_compiler else (before.compiler, after.compiler),
    )


def _figure(
    kernel: str, figure: str, is_worse: bool, members: Iterable[tuple[Variant, gate.Change]]
) -> Figure:
    def grown(member: tuple[Variant, gate.Change]) -> float:
        return abs(member[1].after - member[1].before)

    ordered = sorted(members, key=grown, reverse=True)
    first = ordered[0][1]
    variants = tuple(variant for variant, _ in ordered)
    return Figure(kernel, figure, is_worse, first.before, first.after, variants)


def _only_in(one: Record, other: Record) -> list[str]:
    kernels = {each.kernel for each in other.lines}
    return sorted({each.kernel for each in one.lines} - kernels)
