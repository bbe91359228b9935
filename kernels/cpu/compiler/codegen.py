"""A code generator that leaves functions as LLVM IR until the program is linked.

numba would optimize each function together with its callees, and generate machine code for it,
before linking it into its caller. Here both happen once, for the whole program.
"""

from numba.core.codegen import CPUCodeLibrary, JITCPUCodegen


class _DeferredLibrary(CPUCodeLibrary):
    def _optimize_final_module(self):
        pass

    def _finalize_specific(self):
        pass


class DeferredCodegen(JITCPUCodegen):
    """numba's code generator for this processor, without its last steps."""

    _library_class = _DeferredLibrary

    def _add_module(self, module):
        pass
