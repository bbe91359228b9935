"""The command, on a recorded compilation."""

import json

import pytest
from typer.testing import CliRunner

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import record
from crosscheck.kernels.inspect.__main__ import CAPABILITIES, app

KERNEL = "activation.relu.forward_kernel"


def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_the_table_has_every_kernel_under_its_module(recorded):
    result = run()
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "float32, 32-bit indices, sm_90a" in lines[0]
    at = next(i for i, line in enumerate(lines) if "reduction.kernels" in line)
    cells = "tree_kernel 18 - 0 128 256 8 64/64 warps 70 1 3/1 1/1 2 1 4/4 14.00 7.1% 37 issue"
    assert lines[at + 3].split() == cells.split()


def test_a_part_of_a_name_selects(recorded):
    output = run("pooling").output
    assert "pooling.max_pool2d" in output
    assert "convolution" not in output


@pytest.mark.parametrize("flags", [(), ("--ptx",), ("--sass",)])
def test_an_unknown_name_is_refused(recorded, flags):
    result = run("winograd.forward", *flags)
    assert result.exit_code == 2
    assert KERNEL in result.output


@pytest.mark.parametrize("flag", ["--ptx", "--sass"])
def test_code_is_printed_of_one_kernel_only(recorded, flag):
    result = run("pooling", flag)
    assert result.exit_code == 2
    assert "pooling.max_pool2d.forward_kernel" in result.output
    assert "convolution" not in result.output


def test_ptx_has_the_kernel_s_python_name(recorded):
    result = run(KERNEL, "--ptx")
    assert result.exit_code == 0
    assert ".visible .entry forward_kernel(" in result.output
    assert "_ZN" not in result.output


def test_sass(recorded):
    result = run(KERNEL, "--sass")
    assert result.exit_code == 0
    assert "FFMA R5, R2, R0, R5" in result.output


def test_json(recorded, tmp_path):
    path = tmp_path / "inspection.json"
    assert run("activation.relu", "--json", str(path)).exit_code == 0
    found = json.loads(path.read_text())
    assert (found["dtype"], found["index"], found["arch"]) == ("float32", 32, "sm_90a")
    first = found["kernels"][0]
    assert first["name"] == KERNEL
    assert first["resources"]["registers"] == 18
    assert first["occupancy"] == dict(blocks=8, warps=64, max_warps=64, limited_by="warps")
    assert first["mix"]["loop"] == {"instructions": 14, "fma": 1}
    assert "ptx" not in first and "sass" not in first


def test_without_the_disassembler_no_instructions_are_counted(no_disassembler):
    result = run()
    assert result.exit_code == 0
    assert "regs" in result.output and "FMA" not in result.output
    assert "pip install 'crosscheck-kernels[inspect]'" in result.output
    assert run(KERNEL, "--sass").exit_code == 2


def test_without_the_compiler_the_error_says_what_to_install(recorded, monkeypatch):
    def missing(*_):
        raise gpu.CompilerMissing("nvvm is missing")

    monkeypatch.setattr(gpu, "compile_for", missing)
    result = run()
    assert result.exit_code == 2
    assert "Error: nvvm is missing" in result.output


def test_architectures_have_numba_cudas_names():
    assert list(CAPABILITIES)[-4:] == ["sm_103a", "sm_110a", "sm_120a", "sm_121a"]
    assert CAPABILITIES["sm_89"] == (8, 9)
    assert CAPABILITIES["sm_90a"] == (9, 0)


def test_the_record_is_updated(recorded, monkeypatch, tmp_path):
    path = tmp_path / "record.csv"
    record.write(record.Record(record.compiler(), {}), path)
    monkeypatch.setattr(record, "PATH", path)
    result = run(KERNEL, "--update")
    assert result.exit_code == 0
    assert "16 of 16 lines changed, 0 removed" in result.output
    assert {each.kernel for each in record.read(path).lines} == {KERNEL}
    assert "0 of 16 lines changed, 0 removed" in run(KERNEL, "--update").output


def test_an_update_says_what_spills_without_a_reason(recorded, log, monkeypatch, tmp_path):
    path = tmp_path / "record.csv"
    record.write(record.Record(record.compiler(), {}), path)
    monkeypatch.setattr(record, "PATH", path)
    compiled = gpu.compile_for()._replace(log=log.replace("0 bytes stack", "8 bytes stack"))
    monkeypatch.setattr(gpu, "compile_for", lambda *_: compiled)
    output = run(KERNEL, "--update").output
    assert f"{KERNEL} (float64, 64-bit indices, sm_80): it spills, and its line has no" in output


def test_an_update_of_no_kernel_is_refused(recorded):
    assert run("winograd.forward", "--update").exit_code == 2
