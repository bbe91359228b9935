"""Fixtures of the CPU device's tests: LLVM IR to inspect, extensions undone after each test."""

import llvmlite.binding as llvm
import pytest
from numba.core import types
from numba.core.registry import cpu_target

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.compiler import extensions, program


@pytest.fixture(autouse=True)
def _undo_extensions():
    """Undo what a test registers with numba, which is part of every cache key from then on.

    Entries are replaced, since numba reads its tables on from where it was.
    """
    before, sizes = extensions.registered(), [len(table) for table, _ in extensions.tables()]
    yield
    if extensions.registered() == before:
        return
    for (table, functions), size in zip(extensions.tables(), sizes, strict=True):
        for number in range(size, len(table)):
            if any(functions(table[number])):
                table[number] = table[0]
    extensions._registered.cache_clear()


@pytest.fixture
def optimised(monkeypatch, tmp_path):
    """Compile a kernel for float32 arrays of some ranks; return what LLVM makes of it, as text."""
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    linked = []
    link = program._link

    def keep(*arguments):
        module = link(*arguments)
        linked.append(str(module))
        return module

    monkeypatch.setattr(program, "_link", keep)

    def compile_kernel(kernel, *ranks):
        jit(kernel).compile(tuple(types.Array(types.float32, rank, "C") for rank in ranks))
        library = cpu_target.target_context.codegen().create_library(kernel.__name__)
        library.add_llvm_module(llvm.parse_assembly(linked.pop()))
        library._optimize_final_module()
        return library.get_llvm_str()

    return compile_kernel
