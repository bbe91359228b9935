"""Memory that one operation of numba's needs and gives back, from the C library.

y[:] = x copies x first where the two may overlap. Arrays that a kernel makes, as x + y does, are
refused as numba-cuda refuses them by default: they would need to be counted, too.
"""

from llvmlite import ir
from numba.core import cgutils
from numba.core.runtime.context import NRTContext

_MALLOC = ir.FunctionType(cgutils.voidptr_t, [cgutils.intp_t])
_FREE = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t])


class ScratchMemory(NRTContext):
    """numba's way to allocate. Where no memory is left, the kernel raises MemoryError."""

    def allocate_unchecked(self, builder: ir.IRBuilder, size: ir.Value) -> ir.Value:
        """Return new memory, null where none is left."""
        malloc = cgutils.get_or_insert_function(builder.module, _MALLOC, "malloc")
        return builder.call(malloc, [size])

    def free(self, builder: ir.IRBuilder, ptr: ir.Value) -> None:
        """Give it back."""
        builder.call(cgutils.get_or_insert_function(builder.module, _FREE, "free"), [ptr])
