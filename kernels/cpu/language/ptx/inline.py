"""Puts the meaning of inline PTX in its place, while a function is lowered.

An intrinsic of a user's, or of our own, calls an `ir.InlineAsm`. The call stays where it is, and
what it calls becomes a function of the module's that does what the table says.
"""

from collections.abc import Callable, Iterable
from typing import Any

from llvmlite import ir

from . import arithmetic, memory, warp  # noqa: F401  (they enter the instructions)
from .assembly import Assembly
from .table import translate


class Located:
    """A lowering that replaces the inline PTX it emits, and knows where in the source that is."""

    def __init__(self, lower: Callable) -> None:
        self._lower = lower

    def __call__(self, builder: ir.IRBuilder, arguments: list, loc: Any = None) -> Any:
        block, blocks = builder.block, len(builder.function.blocks)
        begin = len(block.instructions)
        result = self._lower(builder, arguments, loc)
        replace(block.instructions[begin:], loc)
        for each in builder.function.blocks[blocks:]:
            replace(each.instructions, loc)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lower, name)


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
