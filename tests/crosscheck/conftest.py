"""A wheel of the tree, and environments that see what it needs without the tree itself."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


# What an installed or editable tree leaves among the packages, and what these tests install.
OURS = ("crosscheck", "__editable__", "kernels")


class Environment:
    """A virtual environment that also has the packages of the one that runs the tests: as links."""

    def __init__(self, folder: Path, *wheels: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.bin = folder / "bin"
        self.variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        if self.variables.pop("PYTHONDONTWRITEBYTECODE", ""):  # it would triple the time
            self.variables["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        names = {"base": str(folder), "platbase": str(folder)}
        self.packages = Path(sysconfig.get_path("purelib", vars=names))
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if not path.name.startswith(OURS):
                (self.packages / path.name).symlink_to(path)
        for wheel in wheels:  # one after the other: what the second does to the first matters
            pip("--python", self.bin / "python", "install", "--no-deps", "--no-compile", wheel)

    def run(
        self, *command: str, cwd: Path, status: int = 0, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, and check its exit status."""
        done = subprocess.run(
            [self.bin / command[0], *command[1:]],
            cwd=cwd,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done


def pip(*arguments: str | Path) -> None:
    """Run the pip of the tests, without a network."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    done = subprocess.run([*command, *map(str, arguments), "--no-index"], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def tracked() -> Sequence[str]:
    """Return the files of the tree that git knows, or would with the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [name for name in names.split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree as git has it."""
    folder = tmp_path_factory.mktemp("tree")
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the tree; it is built in a copy, because setuptools leaves a folder behind."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--no-deps", "-w", folder, tree)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def environment() -> type[Environment]:
    """Makes an environment in a folder, and installs wheels in it."""
    return Environment


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment in which the wheel is installed."""
    return Environment(tmp_path_factory.mktemp("installed"), wheel)
