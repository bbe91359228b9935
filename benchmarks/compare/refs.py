"""Git refs of this source tree: what they name, their files, and a checkout of each to run."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the source tree that this file is in
SHORT = 12  # digits of a commit, for people


def commit(ref: str, root: Path = ROOT) -> str:
    """Return the commit that a ref names, all its digits.

    Raises ValueError where `root` is no git checkout, and where it has no such ref.
    """
    _require_checkout(root)
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode:
        raise ValueError(f"{ref!r} is neither a file of results nor a commit of {root}")
    return found.stdout.strip()


def read(commit: str, path: str, root: Path = ROOT) -> str | None:
    """Return the text of a file at a commit, None where it has no such file."""
    found = _git(root, "show", f"{commit}:{path}")
    return None if found.returncode else found.stdout


def files(commit: str, folder: str, root: Path = ROOT) -> list[str]:
    """Return the paths of what lies in a folder at a commit, nothing without such a folder."""
    return _git(root, "ls-tree", "--name-only", commit, f"{folder}/").stdout.splitlines()


@contextmanager
def worktree(commit: str, folder: Path, root: Path = ROOT) -> Iterator[Path]:
    """Check a commit out into `folder`, which must not exist, and take it away at the end, after
    Ctrl-C, too. Raises OSError where git cannot.
    """
    try:
        made = _git(root, "worktree", "add", "--detach", "--quiet", str(folder), commit)
        if made.returncode:
            raise OSError(f"git worktree add {folder} {commit}: {made.stderr.strip()}")
        yield folder
    finally:
        _git(root, "worktree", "remove", "--force", str(folder))


def _require_checkout(root: Path) -> None:
    found = _git(root, "rev-parse", "--show-toplevel")
    if found.returncode or Path(found.stdout.strip()).resolve() != root.resolve():
        raise ValueError(
            f"{root} is no git checkout, so there are no refs to compare; expected two files of"
            " results, or Crosscheck run from its git checkout"
        )


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        raise ValueError("comparing refs takes git, which is not installed") from None
