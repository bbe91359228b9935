"""Tells LLVM that arrays never alias worker and thread records.

Otherwise any store to an array might have changed threadIdx: a loop over threads would load its
coordinates again after each store, and could not be vectorized. The mechanism is type-based alias
analysis: accesses marked with different leaves of one type tree do not alias. All arrays share one
leaf, since CUDA lets them overlap; an access without a mark may alias anything.
"""

from llvmlite import ir

_OFFSET = ir.Constant(ir.IntType(64), 0)


def _mark(access: ir.Instruction, kind: str) -> ir.Instruction:
    module = access.module
    root = module.add_metadata(["worker memory"])
    leaf = module.add_metadata([kind, root, _OFFSET])
    access.set_metadata("tbaa", module.add_metadata([leaf, leaf, _OFFSET]))
    return access


def mark_record_access(access: ir.Instruction) -> ir.Instruction:
    """Mark a load or store of a word of a record, and return it."""
    return _mark(access, "record")


def mark_array_access(access: ir.Instruction) -> ir.Instruction:
    """Mark a load or store of an element of an array, and return it."""
    return _mark(access, "array")
