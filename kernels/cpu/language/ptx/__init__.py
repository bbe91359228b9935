"""Inline PTX: what its instructions mean on the CPU device.

inline.py       replaces a call of inline PTX by one of a function that does what it means
syntax.py       the text as statements
assembly.py     its operands and registers, in LLVM
table.py        the table of instructions, and the error for those that are not in it
arithmetic.py, conversions.py, memory.py, lanes.py, warp.py
                the entries of the table
collective.py   how the lanes of a warp execute an instruction together
fragments.py, tensor_core.py
                the operands of mma.sync, and how it adds
"""
