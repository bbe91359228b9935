"""The example of docs/your-kernel.md holds what it says."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscheck import examples
from crosscheck.parity import __main__ as command
from crosscheck.parity.own import registry

FILE = Path(examples.__file__).with_name("own_kernels.py")


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    registry.forget()
    sys.modules.pop(FILE.stem, None)


def test_every_kernel_of_it_passes(tmp_path):
    report = tmp_path / "j"
    words = "--module", str(FILE), "--suite", "quick", "--suite", "images", "--json", str(report)
    answer = CliRunner().invoke(command.app, words)
    assert answer.exit_code == 0, answer.output
    cases = json.loads(report.read_text())["cases"]
    passed = {each["algorithm"] for each in cases if not each["unsupported"]}
    assert passed == {"naive", "unfolded", "product", "raw"}
