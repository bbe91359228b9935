"""The functions a program is linked from, as LLVM's own language: none is machine code by itself.

numba would optimize each function with all it calls, and make machine code of it, before it is
linked into the next. Here that is done once, for the whole program.
"""

from numba.core.codegen import CPUCodeLibrary, JITCPUCodegen


class _DeferredLibrary(CPUCodeLibrary):
    def _optimize_final_module(self):
        pass

    def _finalize_specific(self):
        pass


class DeferredCodegen(JITCPUCodegen):
    """numba's code generator for this processor, as far as a part of a program goes."""

    _library_class = _DeferredLibrary

    def _add_module(self, module):
        pass
