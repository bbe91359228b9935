"""Made-up rows and runs."""

import subprocess

import pytest

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import Row


@pytest.fixture
def row():
    """A function that returns a row: its time, with an interval of a share on either side."""

    def make(microseconds=100.0, scatter=0.01, layer="a", subject="crosscheck", **fields):
        values = {
            "algorithm": "tiled" if subject == "crosscheck" else "",
            "samples": 30,
            "low": microseconds * (1 - scatter),
            "high": microseconds * (1 + scatter),
            "layout": "nchw",
            **fields,
        }
        what = "ladder", layer, "conv2d", "forward", subject
        return Row(
            *what,
            dtype="float32",
            device="cuda",
            microseconds=microseconds,
            **values,
        )

    return make


@pytest.fixture
def run():
    """A function that returns a run of some rows."""

    def make(*rows, **environment):
        return Results(
            {"device": "a chip", "driver": "1", "date": "today", **environment}, {}, [*rows]
        )

    return make


class Repository:
    """A git repository of its own."""

    def __init__(self, root):
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        """Run git, and return what it says."""
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", *who, *arguments]
        found = subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True)
        return found.stdout.strip()

    def commit(self, files):
        """Commit files, text by path; None deletes one. Return the commit."""
        for name, text in files.items():
            path = self.root / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            self.git("add", "--all", name)
        self.git("commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def worktrees(self):
        """Return how many checkouts it has."""
        return len(self.git("worktree", "list").splitlines())


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    root.mkdir()
    return Repository(root)
