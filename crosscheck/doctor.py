"""`crosscheck doctor`: what is installed, what is missing, what that costs, and how to get it."""

import os
import platform
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crosscheck.kernels.inspect import toolchain

WIDTH = 100
DISTRIBUTION = "crosscheck-kernels"
EXTRAS = ("parity", "train", "inspect", "debug", "notebook", "cuda")
REQUIRED = ("numba", "llvmlite", "numba-cuda", "numpy", "ml_dtypes", "typer", "rich")


class Package(NamedTuple):
    """An optional package: its distribution, the extra that installs it, and what needs it."""

    name: str
    distribution: str
    extra: str
    needed_by: str


_PARITY, _BOTH = "crosscheck parity", "crosscheck parity, crosscheck train"
_NOTEBOOK = "crosscheck run lesson.ipynb"
OPTIONAL = {  # by the name that is imported
    "torch": Package("PyTorch", "torch", "parity", f"{_PARITY}, crosscheck.nn.torch_ops"),
    "expecttest": Package("expecttest", "expecttest", "parity", _PARITY),
    "jinja2": Package("Jinja2", "jinja2", "parity", _PARITY),
    "PIL": Package("Pillow", "pillow", "parity", _PARITY),
    "matplotlib": Package("Matplotlib", "matplotlib", "train", f"{_BOTH}, pictures"),
    "sklearn": Package("scikit-learn", "scikit-learn", "train", _BOTH),
    "safetensors": Package("safetensors", "safetensors", "train", "crosscheck train, nn.save"),
    "nbclient": Package("nbclient", "nbclient", "notebook", _NOTEBOOK),
    "nbformat": Package("nbformat", "nbformat", "notebook", _NOTEBOOK),
    "ipykernel": Package("ipykernel", "ipykernel", "notebook", _NOTEBOOK),
    "playwright": Package("Playwright", "playwright", "explorer", "tests/docs/explorer"),
    "greenlet": Package("greenlet", "greenlet", "debug", "crosscheck run --debug"),
    "cupy": Package("CuPy", "cupy-cuda13x", "cuda", "kernels on a GPU"),
}


class Row(NamedTuple):
    """What there is of a part: `found` is None where there is none, `get` how to get it then."""

    part: str
    found: str | None
    needed_by: str = ""
    get: str = ""


def pip_line(extra: str = "") -> str:
    """Return the command that installs Crosscheck, or an extra of it."""
    return f"pip install '{DISTRIBUTION}[{extra}]'" if extra else f"pip install {DISTRIBUTION}"


def show() -> None:
    """Print a table: a part of the machine or a package a row."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table(box=box.SIMPLE_HEAD, padding=0, header_style="bold")
    for heading in ("", "found", "needed by, and how to get it"):
        table.add_column(heading, overflow="fold")
    for row in rows():
        if row.found is None:
            row = row._replace(found="missing", needed_by=f"{row.needed_by}\n{row.get}")
        style = "red" if row.found == "missing" else ""
        table.add_row(f"{row.part}  ", Text(f"{row.found}  ", style), Text(row.needed_by))
    console.print(table, highlight=False)


def rows() -> Iterator[Row]:
    """Yield what there is, and what is missing, in the order to show it."""
    folder = Path(__file__).parents[1]
    installed = _version(DISTRIBUTION)
    yield Row("Crosscheck", installed or "not installed", f"runs from {folder}")
    yield Row("Python", platform.python_version())
    for name in REQUIRED:
        yield Row(name, _version(name), "everything", pip_line())
    for package in OPTIONAL.values():
        found = _version(package.distribution)
        yield Row(package.name, found, package.needed_by, pip_line(package.extra))
    for part, found in toolchain.versions().items():
        yield Row(part, found, "crosscheck inspect, kernels on a GPU", pip_line("inspect"))
    yield Row("CPU", f"{platform.machine()}, {os.cpu_count()} cores", "the CPU device")
    gpus = _gpus()
    yield from (Row("GPU", each) for each in gpus)
    if not gpus:
        yield Row("GPU", "none", "nvidia-smi shows none: kernels run on the CPU device")


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _gpus() -> list[str]:
    """Return the name, driver, memory and compute capability of each GPU."""
    query = "--query-gpu=name,driver_version,memory.total,compute_cap"
    try:
        answer = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader"], capture_output=True, text=True
        )
    except OSError:
        return []
    lines = answer.stdout.splitlines() if answer.returncode == 0 else []
    form = "{}, driver {}, {}, compute capability {}"
    return [form.format(*(part.strip() for part in line.split(","))) for line in lines]
