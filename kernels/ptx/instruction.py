"""An intrinsic: instructions of a GPU, and beside them what they mean on the CPU device."""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from crosscheck.kernels.gpu import intrinsic
from crosscheck.kernels.launch import DeviceFunction

I32, I64 = ir.IntType(32), ir.IntType(64)


class Instruction(DeviceFunction):
    """A device function on the CPU device; on a GPU, instructions that mean the same."""

    def __init__(self, py_func: Callable, on_gpu: Any) -> None:
        super().__init__(py_func)
        self._on_gpu = on_gpu

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the copy for one device and one meaning of `real` and `index`."""
        return super().variant(device, real_type, index_type) if device == "cpu" else self._on_gpu


class Intrinsics(Instruction):
    """One of each device: for what returns an array, which no function of the CPU device does."""

    def __init__(self, on_cpu: Any, on_gpu: Any) -> None:
        super().__init__(on_cpu._defn, on_gpu)
        self._on_cpu = on_cpu

    def variant(self, device: str, real_type: type, index_type: type) -> Any:
        """Return the device's own."""
        return self._on_cpu if device == "cpu" else self._on_gpu


def instruction(typed: Callable) -> Callable[[Callable], Instruction]:
    """Return a decorator: `typed` is what numba calls an intrinsic, the function its meaning."""
    return lambda py_func: Instruction(py_func, intrinsic(typed))


def address(context: Any, builder: Any, kind: Any, array: Any, *offsets: Any) -> Any:
    """Return a pointer to an element, by the sum of these offsets in elements.

    Each is added by itself: a 32-bit sum could wrap, so its constant would not become a part of the
    instruction that uses the pointer.
    """
    pointer = context.make_array(kind)(context, builder, value=array).data
    for offset in offsets:
        wide = builder.zext(offset, I64) if offset.type.width < 64 else offset
        pointer = builder.gep(pointer, [wide])
    return pointer


def assembly(builder: Any, text: str, operands: Sequence[Any] = (), constraints: str = "") -> None:
    """Emit PTX that gives no value, and reads or writes memory."""
    function = ir.FunctionType(ir.VoidType(), [each.type for each in operands])
    clobbers = f"{constraints},~{{memory}}" if constraints else "~{memory}"
    builder.call(ir.InlineAsm(function, text, clobbers, side_effect=True), operands)
