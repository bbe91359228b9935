"""What tests of the CPU device share: a look at the code that LLVM makes of a kernel."""

import llvmlite.binding as llvm
import pytest
from numba.core import types
from numba.core.registry import cpu_target

from kernels.cpu import jit, program


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
