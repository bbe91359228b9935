"""Tells LLVM that worker and thread records overlap no array.

Otherwise any store to an array might have changed threadIdx: a loop over threads would read its
coordinates anew after each, and could not be vectorized. Type-based alias analysis does it: two
accesses that name different leaves of one tree of types never meet. Arrays are not told apart from
each other, as CUDA promises nothing about them; an access that names no type may meet any.
"""

from llvmlite import ir

_OFFSET = ir.Constant(ir.IntType(64), 0)


def _mark(access: ir.Instruction, kind: str) -> ir.Instruction:
    module = access.module
    root = module.add_metadata(["worker memory"])
    leaf = module.add_metadata([kind, root, _OFFSET])
    access.set_metadata("tbaa", module.add_metadata([leaf, leaf, _OFFSET]))
    return access


def of_record(access: ir.Instruction) -> ir.Instruction:
    """Mark a load or store of a record's word, and return it."""
    return _mark(access, "record")


def of_array(access: ir.Instruction) -> ir.Instruction:
    """Mark a load or store of an array's element, and return it."""
    return _mark(access, "array")
