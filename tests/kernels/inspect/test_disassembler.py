"""nvdisasm is found, or the error says what to install."""

import pytest
from cuda import pathfinder

from crosscheck.kernels.inspect import disassembler


def test_without_nvdisasm_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pathfinder, "find_nvidia_binary_utility", lambda _: None)
    with pytest.raises(disassembler.DisassemblerMissing, match="pip install 'crosscheck-kernels"):
        disassembler.disassemble(b"")


def test_the_error_of_nvdisasm_is_raised(monkeypatch):
    monkeypatch.setattr(pathfinder, "find_nvidia_binary_utility", lambda _: "false")
    with pytest.raises(RuntimeError, match="^false: "):
        disassembler.disassemble(b"")
