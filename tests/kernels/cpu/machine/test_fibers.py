"""The switch between stacks."""

import platform

import llvmlite.binding as llvm
import pytest
from llvmlite import ir

from crosscheck.kernels.cpu.machine import context, fibers

CALLEE_SAVED = {"x86_64": ("%r12", "%r15"), "aarch64": ("x20", "d8")}


def test_the_compiler_saves_every_register_the_switch_overwrites():
    fibers.install()
    module = ir.Module("switch")
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [context.PTR] * 2), "switch")
    builder = ir.IRBuilder(function.append_basic_block())
    fibers.switch(builder, *function.args)
    builder.ret_void()
    target = llvm.Target.from_default_triple().create_target_machine()
    text = target.emit_assembly(llvm.parse_assembly(str(module)))
    body = text[text.index("switch:") : text.index(".size")]
    assert all(register in body for register in CALLEE_SAVED[platform.machine()])


def test_another_processor_is_named(monkeypatch):
    monkeypatch.setattr(fibers.platform, "machine", lambda: "riscv64")
    with pytest.raises(RuntimeError, match="x86_64 or aarch64; this machine is 'riscv64'"):
        fibers.switch(None, None, None)
