"""Puts the meaning of inline PTX in its place, while a function is lowered.

An intrinsic of a user's, or of our own, calls an `ir.InlineAsm`. The call stays where it is, and
what it calls becomes a function of the module's that does what the table says.
"""

from collections.abc import Iterable
from typing import Any

from llvmlite import ir

from . import arithmetic, conversions, lanes, memory, warp  # noqa: F401  (the table's entries)
from .assembly import Assembly
from .table import translate


def replace(instructions: Iterable[ir.Instruction], loc: Any = None) -> None:
    """Replace what calls of inline PTX call."""
    for call in instructions:
        if isinstance(call, ir.CallInstr) and type(call.callee) is ir.InlineAsm:
            call.replace_callee(_function(call.module, call.callee, loc))


def _function(module: ir.Module, text: ir.InlineAsm, loc: Any) -> ir.Function:
    """Return a function that does what a piece of inline PTX does."""
    name = module.get_unique_name(f"{__package__}.inline")
    function = ir.Function(module, text.function_type, name)
    function.linkage = "internal"
    function.attributes.add("alwaysinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    assembly = Assembly(builder, text, loc)
    translate(assembly, text.asm)
    value = assembly.returned()
    builder.ret_void() if value is None else builder.ret(value)
    return function
