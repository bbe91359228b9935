"""A recorded compilation: all but the compiler itself is tested without it."""

from pathlib import Path

import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import disassembler

LOG = """\
INFO: NVVM70 LTOIR Container created (5560 bytes)
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN3dotEj' for 'sm_90a'
ptxas info    : Function properties for _ZN3dotEj
ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 18 registers, used 1 barriers, 128 bytes smem
ptxas info    : Compile time = 11.806 ms
"""
PTX = ".visible .entry _ZN3dotEj(\n    .param .u64 _ZN3dotEj_param_0)"


@pytest.fixture
def log():
    return LOG


@pytest.fixture
def dot():
    return Path(__file__).with_name("dot.sass").read_text()


@pytest.fixture
def recorded(monkeypatch, tmp_path, dot):
    """Answer every compilation with the recorded one, which is kept in a cache of its own."""
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    compiled = gpu.Compiled("sm_90a", PTX, b"", LOG)
    monkeypatch.setattr(gpu, "compile_for", lambda *_: compiled)
    monkeypatch.setattr(disassembler, "disassemble", lambda _: dot)


@pytest.fixture
def no_disassembler(recorded, monkeypatch):
    def missing(_):
        raise disassembler.DisassemblerMissing(disassembler.MISSING)

    monkeypatch.setattr(disassembler, "disassemble", missing)
