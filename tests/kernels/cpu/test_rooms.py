"""The folders below kernels/cpu: what each may import, read from the source."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from crosscheck.kernels import cpu

ROOT = Path(cpu.__file__).parent
ENTRY_POINTS = {"__init__.py", "__main__.py"}


def sources(root: Path) -> list[Path]:
    """Return the modules; what is in children/ Python imports under its own name."""
    return [file for file in sorted(root.rglob("*.py")) if file.parent.name != "children"]


def imports(file: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import, those inside functions too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def parts(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yield every name between the dots of an import."""
    for name in (getattr(node, "module", None) or "", *(alias.name for alias in node.names)):
        yield from name.split(".")


def imported(file: Path, node: ast.ImportFrom) -> Iterator[Path]:
    """Yield the folder of each module that a relative import is about."""
    folder = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    for alias in node.names:
        if (folder / alias.name).is_dir():
            yield folder / alias.name
        else:
            yield folder if folder.is_dir() else folder.parent


def arrows(root: Path) -> dict[str, set[str]]:
    """Return the folders that each folder imports, by their paths below the root."""
    found: dict[str, set[str]] = {}
    for file in sources(root):
        if file.parent == root:  # the entry points
            continue
        own = file.parent.relative_to(root).as_posix()
        for node in imports(file):
            if isinstance(node, ast.ImportFrom) and node.level:
                others = {to.relative_to(root).as_posix() for to in imported(file, node)}
                found.setdefault(own, set()).update(others - {own})
    return found


def order(arrows: dict[str, set[str]]) -> list[str]:
    """Return the folders so that each comes after those it imports. Raises CycleError."""
    return list(TopologicalSorter(arrows).static_order())


def test_arrows_between_folders_form_no_circle():
    assert len(order(arrows(ROOT))) > 12


def test_arrows_between_rooms_form_no_circle():
    """A room is a folder at the top, with all below it."""
    rooms: dict[str, set[str]] = {}
    for folder, others in arrows(ROOT).items():
        room = folder.partition("/")[0]
        rooms.setdefault(room, set()).update({to.partition("/")[0] for to in others} - {room})
    assert "." not in order(rooms), "a room imports the entry point"


def test_no_file_is_loose():
    assert {file.name for file in ROOT.glob("*.py")} == ENTRY_POINTS


def test_imports_are_relative():
    own = cpu.__name__.partition(".")[0]
    for file in ROOT.rglob("*.py"):
        for node in imports(file):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [] if node.level else [node.module]
            assert not [name for name in names if name.partition(".")[0] == own], file


def test_arrays_do_not_import_the_device():
    assert "cpu" not in {
        name for node in imports(ROOT.parent / "arrays.py") for name in parts(node)
    }


@pytest.mark.parametrize("lazy", ["", "def late():\n    "])
def test_a_circle_is_found(tmp_path, lazy):
    for folder, other in (("above", "below"), ("below", "above")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "module.py").write_text(f"{lazy}from ..{other} import module\n")
    with pytest.raises(CycleError):
        order(arrows(tmp_path))
