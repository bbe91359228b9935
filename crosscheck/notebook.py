"""`crosscheck run lesson.ipynb`: every cell in a fresh kernel, the outputs in lesson.out.ipynb.

The kernel is a Python of its own, the one that runs this, in the notebook's folder. It has the
stand-in for numba.cuda as every process does that a script starts.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from ipykernel.kernelspec import KERNEL_NAME
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from rich.console import Console
from rich.text import Text

from crosscheck.kernels.cpu.cuda.install import install_in_children
from crosscheck.kernels.cpu.options import modes

SUMMARY = "from crosscheck.kernels.cpu.sanitizer import log\nlog.summary()"
MARK = "crosscheck"  # in the metadata of a result: only such a file is replaced


def run(path: Path, **changed: Any) -> int:
    """Execute a notebook with these modes of all launches; return the exit status.

    That is 1 where a cell fails, unless it has the tag "raises-exception", and where the sanitizer,
    which goes on in a notebook, has found an error. The result is written then, too, and after
    Ctrl-C. Raises ValueError for a wrong mode, for what is no notebook
    of Python's, and where the file to write is somebody else's.
    """
    modes.set_default(**changed)
    notebook, result = _read(path), path.with_suffix(".out.ipynb")
    if result.exists() and MARK not in _read(result).metadata:
        raise ValueError(f"{result} exists, and is no result of crosscheck run: it is not replaced")
    install_in_children(**changed)
    for _, cell in _code(notebook):
        cell.outputs, cell.execution_count = [], None
    notebook.metadata[MARK] = {"executed": path.name}
    try:
        return _execute(notebook, path)
    finally:
        nbformat.write(notebook, result)
        Console().print(f"wrote {result}", highlight=False, soft_wrap=True)


def _read(path: Path) -> nbformat.NotebookNode:
    """Return a notebook. Raises ValueError for what is none, or is of another language."""
    if not path.is_file():
        raise ValueError(f"{path}: no such notebook")
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError) as problem:
        raise ValueError(f"{path} is no notebook: {str(problem).splitlines()[0]}") from None
    about = notebook.metadata
    language = about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get(
        "name", "python"
    )
    if language != "python":
        raise ValueError(f"{path} is a notebook of {language}; expected one of python")
    return notebook


def _code(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    """Yield the cells of code that have any, with their places among all cells."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            yield place, cell


@contextlib.contextmanager
def _kernel(notebook: nbformat.NotebookNode, folder: Path) -> Iterator[NotebookClient]:
    """Give the client of a new kernel, in this folder and of this Python."""
    specs = KernelSpecManager(kernel_dirs=[])  # whatever else is installed as "python3"
    with tempfile.TemporaryDirectory() as sockets:  # private, unlike a port on localhost
        manager = AsyncKernelManager(
            kernel_name=KERNEL_NAME,
            kernel_spec_manager=specs,
            transport="ipc",
            ip=str(Path(sockets, "kernel")),
        )
        client = NotebookClient(notebook, km=manager, timeout=None, record_timing=False)
        with client.setup_kernel(cwd=str(folder), cleanup_kc=True):
            try:
                yield client
            except KeyboardInterrupt:
                client.shutdown_kernel = "immediate"  # the cell may run on for hours
                raise


def _execute(notebook: nbformat.NotebookNode, path: Path) -> int:
    """Execute the cells in order, a line about each; return the exit status."""
    console = Console(highlight=False)
    cells = [*_code(notebook)]
    with _kernel(notebook, path.resolve().parent) as client:
        for number, (place, cell) in enumerate(cells, 1):
            label, title = f"cell {number} of {len(cells)}", cell.source.strip().splitlines()[0]
            started = time.perf_counter()
            with console.status(Text(f"{label}  {title}")):
                problem = _problem(client, cell, place)
            if problem:
                traceback = [line for each in cell.outputs for line in each.get("traceback", ())]
                error = Console(stderr=True, highlight=False, soft_wrap=True)
                error.print(Text.from_ansi("\n".join(traceback)))
                error.print(Text(f"{path}: {label} failed: {problem}"))
                return 1
            line = Text(f"{label}  {time.perf_counter() - started:6.1f} s  {title}")
            console.print(line, no_wrap=True, overflow="ellipsis")
        return 1 if modes.current().sanitize and _findings(client) else 0


def _findings(client: NotebookClient) -> int:
    """Sum up what the sanitizer found in the notebook's process; return how many errors it was."""
    cell = nbformat.v4.new_code_cell(SUMMARY)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
    finally:
        client.nb.cells.pop()
    *streams, result = cell.outputs
    print("".join(each.text for each in streams), end="", file=sys.stderr)
    return int(result.data["text/plain"])


def _problem(client: NotebookClient, cell: nbformat.NotebookNode, place: int) -> str | None:
    """Execute a cell; return what went wrong."""
    try:
        client.execute_cell(cell, place)
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except DeadKernelError:
        return "its process died"
    return None
