"""For all tests of one's own kernels: what they register and load is gone afterwards."""

import sys

import pytest
from typer.testing import CliRunner

from crosscheck.parity import __main__ as command
from crosscheck.parity.own import registry


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    registry.forget()
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    registry.forget()
    for name in [name for name in set(sys.modules) - before if name.startswith("own_")]:
        del sys.modules[name]


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a file of kernels and returns its path."""

    def write(text, name="own_kernels.py"):
        file = tmp_path / name
        file.write_text(f"from crosscheck.parity.own import Unsupported, algorithm\n{text}")
        return str(file)

    return write


@pytest.fixture
def call():
    """Return a function that calls `crosscheck parity` with these words."""
    wide = {"COLUMNS": "300", "TERMINAL_WIDTH": "300"}  # no message is broken into lines
    return lambda *words: CliRunner().invoke(command.app, list(words), env=wide)
