"""The lowering of a call, with what its instructions need that only this device knows.

A user's intrinsic, and ours for both devices, emits LLVM IR for a GPU. Inline PTX in it is replaced
by what it means. Under the sanitizer its loads and stores are shown to the tools: they go through
no index that a compiler pass would see.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from ..functions import traits
from ..instrumentation import bare_accesses
from ..language.ptx import inline

_PACKAGE = __package__.rpartition(".")[0]


class Located:
    """A lowering that looks through what it has emitted, and knows where in the source that is."""

    def __init__(self, lower: Callable, function: Any) -> None:
        self._lower, self._function = lower, function

    def __call__(self, builder: ir.IRBuilder, arguments: list, loc: Any = None) -> Any:
        block, blocks = builder.block, len(builder.function.blocks)
        begin = len(block.instructions)
        result = self._lower(builder, arguments, loc)
        emitted = block.instructions[begin:]
        for each in builder.function.blocks[blocks:]:
            emitted += each.instructions
        inline.replace(emitted, loc)
        if traits.Instrumentation.ACCESSES in traits.current().instrumentation:
            name = _foreign_name(self._function)
            bare_accesses.observe(builder, emitted, name, loc)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lower, name)


def _foreign_name(function: Any) -> str:
    """Return the name of an intrinsic that is neither numba's nor this package's, "" for others."""
    (template, *_) = getattr(function, "templates", None) or (None,)
    definition = getattr(template, "_definition_func", None)
    module = getattr(definition, "__module__", None) or ""
    is_known = f"{module}.".startswith((f"{_PACKAGE}.", "numba."))
    return definition.__name__ if definition and not is_known else ""
