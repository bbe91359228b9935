"""Two commits on one machine, taking turns: A B A B ..., each in a checkout and process of its own.

A machine's mood (clocks, temperature, neighbours) drifts over minutes. Runs that take turns see
the same drift, so that the ratio of a round hardly does.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path

from crosscheck.benchmarks import results_file
from crosscheck.benchmarks.compare import refs
from crosscheck.benchmarks.compare.results import Round
from crosscheck.benchmarks.results_file import Results

PREFIX = "crosscheck-compare-"  # of the temporary folder
LAST_LINES = 20  # of a failed run's output that are shown


def run(
    commits: tuple[str, str],
    rounds: int,
    options: Sequence[str],
    announce: Callable[[str], None],
    root: Path = refs.ROOT,
) -> Generator[Round, None, None]:
    """Yield each round as it ends: what `crosscheck bench run` with these options measured of each
    commit. `announce` is told before each run.

    Raises OSError where a commit cannot be checked out, and RuntimeError where a run failed or did
    not run the code of its commit.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        trees = [
            stack.enter_context(refs.worktree(each, scratch / name, root))
            for name, each in zip("AB", commits, strict=True)
        ]
        for number in range(rounds):
            found = []
            for tree, each in zip(trees, commits, strict=True):
                announce(f"round {number + 1} of {rounds}: {each[: refs.SHORT]}")
                found.append(_measure(tree, each, options, scratch / f"{tree.name}{number}"))
            yield found[0], found[1]


def _measure(tree: Path, commit: str, options: Sequence[str], out: Path) -> Results:
    """Run the benchmarks of the checkout `tree`, and return their results."""
    command = [sys.executable, "-m", "crosscheck", "bench", "run", "--out", str(out), *options]
    environment = {**os.environ, "PYTHONPATH": str(tree)}  # before an installed Crosscheck
    out.mkdir()
    ended = subprocess.run(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    path = out / results_file.NAME
    if ended.returncode not in (0, 1) or not path.is_file():  # 1: a row has a problem
        last = "\n".join(ended.stdout.splitlines()[-LAST_LINES:])
        raise RuntimeError(
            f"`crosscheck bench run {' '.join(options)}` of {commit[: refs.SHORT]} ended with"
            f" {ended.returncode} and {'' if path.is_file() else 'no '}results:\n{last}"
        )
    results = results_file.read(path)
    measured = results.environment.get("commit", "")
    if measured and not commit.startswith(measured):
        what = f"the run of {commit[: refs.SHORT]} measured {measured}"
        raise RuntimeError(f"{what}: another Crosscheck was imported")
    return results
