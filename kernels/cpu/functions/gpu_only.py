"""Questions about machine code that only a GPU's compiler could answer."""

from typing import Any

_QUESTIONS = (
    *("inspect_asm", "inspect_llvm", "inspect_lto_ptx", "inspect_sass", "inspect_sass_cfg"),
    *("get_regs_per_thread", "get_const_mem_size", "get_local_mem_per_thread"),
    *("regs_per_thread", "const_mem_size", "local_mem_per_thread"),
)


class Unanswered:
    """Has these questions as attributes, each of which raises NotImplementedError."""

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__name__
        if name in _QUESTIONS:
            text = "the CPU device makes no PTX, and has no registers to count"
            raise NotImplementedError(f"{kind}.{name}: {text}")
        raise AttributeError(f"{kind!r} object has no attribute {name!r}")
