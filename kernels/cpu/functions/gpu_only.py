"""Attributes of numba-cuda's kernels that need GPU machine code: registers, PTX, SASS."""

from typing import Any

_NAMES = (
    *("inspect_asm", "inspect_llvm", "inspect_lto_ptx", "inspect_sass", "inspect_sass_cfg"),
    *("get_regs_per_thread", "get_const_mem_size", "get_local_mem_per_thread"),
    *("regs_per_thread", "const_mem_size", "local_mem_per_thread"),
)


class GPUOnly:
    """Base class with these attributes, each of which raises NotImplementedError."""

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__name__
        if name in _NAMES:
            text = "the CPU device makes no PTX, and has no registers to count"
            raise NotImplementedError(f"{kind}.{name}: {text}")
        raise AttributeError(f"{kind!r} object has no attribute {name!r}")
