"""What a tensor knows of in-place writes to its array, by itself and by others that share it.

PyTorch gives every view of an overwritten array a new history. Here the tensor that was written to
has one, and `check_history` refuses the others.
"""

from typing import TYPE_CHECKING

from crosscheck.kernels.arrays import Array
from crosscheck.nn import tape
from crosscheck.nn.tape import Memory, Node

if TYPE_CHECKING:
    from crosscheck.nn.tensor import Tensor


class History:
    """The part of a tensor that operators ask before they overwrite or read it."""

    array: Array
    requires_grad: bool
    grad_fn: Node | None
    memory: Memory
    _known_writes: int  # those to the memory that `grad_fn` accounts for

    @property
    def is_leaf(self) -> bool:
        return self.grad_fn is None

    def overwritable(self, op: str) -> Array:
        """Return the array for an operator that overwrites it and then calls `record`.

        Raises RuntimeError for a leaf that requires a gradient, and for a view of one: its value
        would already be overwritten when the gradient arrives.
        """
        if tape.is_recording() and self.requires_grad:
            if self.is_leaf or self.memory.has_leaf:
                what = "a leaf" if self.is_leaf else "a view of a leaf"
                raise RuntimeError(
                    f"{op}: {what} Variable that requires grad is being used in an in-place"
                    " operation"
                )
            self.check_history(op)
        return self.array

    def become(self, result: "Tensor") -> None:
        """Take the history of `result`, whose values an operator has just written to the array.

        The operator asked `overwritable` before.
        """
        self.memory.version += 1
        if result.requires_grad:
            self.memory.recorded_writes += 1
            self.grad_fn, self.requires_grad = result.grad_fn, True
            self._known_writes = self.memory.recorded_writes

    def settle(self, part: "Tensor") -> None:
        """Take note of the write to `part`, a view of this tensor, where it is the only new one.

        The caller then gives that part its new history: `x[key] += y` writes to x[key] first.
        """
        if part._known_writes == self.memory.recorded_writes == self._known_writes + 1:
            self._known_writes += 1

    def check_history(self, op: str) -> None:
        """Raise NotImplementedError where an operator overwrote the array through another tensor.

        PyTorch then records a new history for every view; here the message says what does the same.
        """
        if self._known_writes != self.memory.recorded_writes:
            raise NotImplementedError(
                f"{op}: another tensor of this one's memory, a view or the base, was overwritten in"
                " place; expected base[key] += ... to write to a part and use the base, a view made"
                " after the write, or a function that does not write in place (no inplace=True)"
            )
