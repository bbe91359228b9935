"""Tensors: an array, its gradient, and the operator that produced it.

An operator computes its output array and calls `record` with one derivative for each input.
`Tensor.backward` then runs the tape of `nn.tape`.
"""

from math import prod
from typing import Any

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arguments import alike, axis, either, reject, shape
from crosscheck.kernels.arrays import Array, facts
from crosscheck.kernels.dtypes import FLOATING, is_floating
from crosscheck.nn import literals, tape
from crosscheck.nn.history import History
from crosscheck.nn.tape import Derivative, Edge, Memory, Node


class Size(tuple):
    """A shape: a tuple, as `torch.Size`."""

    def numel(self) -> int:
        return prod(self)


class Tensor(History):
    """An array with a gradient. Made by `tensor` and by the operators of `nn.functional`.

    array          the NumPy or CuPy array itself, never a copy
    requires_grad  whether `backward` computes a gradient of this tensor
    grad           a leaf's gradient: None, or a Tensor to which every `backward` adds
    grad_fn        the Node that produced this tensor; None for a leaf
    memory         counts the in-place writes to the array; a view has that of its base
    """

    def __init__(self, array: Array, requires_grad: bool = False, memory: Memory | None = None):
        self.array = array
        self.requires_grad = requires_grad
        self.grad: Tensor | None = None
        self.grad_fn: Node | None = None
        self.memory = Memory() if memory is None else memory
        self._known_writes = self.memory.recorded_writes  # those that `grad_fn` accounts for

    @property
    def shape(self) -> Size:
        return Size(self.array.shape)

    @property
    def dtype(self) -> np.dtype:
        return self.array.dtype

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def device(self) -> str:
        """ "cpu" for a NumPy array, "cuda" for a CuPy array."""
        return arrays.device(self.array)

    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or one extent of it. Raises IndexError or TypeError."""
        if dim is None:
            return self.shape
        at = axis("size", "dim", dim, self.ndim)
        return (
            self.shape[at] if self.ndim else reject("size", "shape", (), "a dimension", IndexError)
        )

    def detach(self) -> "Tensor":
        """Return a leaf of the same array that requires no gradient."""
        return Tensor(self.array, memory=self.memory)

    @property
    def data(self) -> "Tensor":
        """The same array as a leaf, as `detach` gives it, but writes through it are not counted."""
        return Tensor(self.array)

    @data.setter
    def data(self, value: "Tensor") -> None:
        self.array = value.array

    def numpy(self) -> np.ndarray:
        """Return the array itself or, from a GPU, a copy on the host.

        Where requires_grad is True, PyTorch insists on `.detach().numpy()`; here both work.
        """
        return self.array if self.device == "cpu" else self.array.get()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """`np.asarray(tensor)` is the array itself.

        Raises TypeError where requires_grad is True, because NumPy would leave the tape without a
        word, and for a tensor on a GPU: `numpy()` says that it copies.
        """
        if self.requires_grad or self.device != "cpu":
            what = "requires grad" if self.requires_grad else "is on the GPU"
            instead = "tensor.detach()" if self.requires_grad else "tensor.cpu()"
            raise TypeError(f"np.asarray: the tensor {what}; expected {instead}")
        return np.array(self.array, dtype, copy=copy)

    def __repr__(self) -> str:
        suffix = f", grad_fn={self.grad_fn}" if self.grad_fn else ""
        suffix = suffix or (", requires_grad=True" if self.requires_grad else "")
        return f"tensor({self.array!r}{suffix})"

    def backward(self, gradient: "Tensor | Array | None" = None) -> None:
        """Add to `.grad` of every leaf this tensor depends on; then free what the operators saved.

        `gradient` has this tensor's shape, dtype and device. A tensor of one element may leave it
        out: it is then 1. Raises RuntimeError where nothing was recorded, where a gradient must be
        given, where an earlier call freed the graph, and where an array that a derivative reads was
        overwritten.
        """
        gradient = self._initial_gradient(gradient)
        self.check_history("backward")
        tape.backward(self.grad_fn or self, gradient)

    def _initial_gradient(self, gradient: "Tensor | Array | None") -> Array:
        """Return the gradient to start from, checked."""
        if not self.requires_grad:
            raise RuntimeError("backward: the tensor does not require grad and has no grad_fn")
        if gradient is None:
            if self.array.size != 1:
                raise RuntimeError(
                    f"backward: gradient is None; expected a gradient of shape {self.shape}:"
                    " only a tensor of one element may leave it out"
                )
            return arrays.namespace(self.array).ones_like(self.array)
        gradient = gradient.array if isinstance(gradient, Tensor) else gradient
        _require_array("backward", "gradient", gradient)
        shape("backward", "gradient", gradient, self.shape)
        alike("backward", {"tensor": facts(self.array), "gradient": facts(gradient)})
        return gradient.copy() if self.is_leaf else gradient  # .grad must not be the caller's

    def accumulate(self, gradient: Array) -> None:
        """Add to `grad`. The sum is a new array: the old one may be in use elsewhere, and so may
        that of which `gradient` is a view.
        """
        if self.grad is not None:
            gradient = self.grad.array + gradient
        self.grad = Tensor(gradient if gradient.base is None else gradient.copy())


def tensor(array: Any, requires_grad: bool = False) -> Tensor:
    """Return a leaf that shares the memory of a NumPy or CuPy array, as `torch.as_tensor` does.

    `torch.tensor` would copy; here that is `tensor(array.copy())`. A number, or nested sequences of
    numbers, become a new array of PyTorch's dtype (`nn.literals`). Raises TypeError for anything
    else, ValueError for sequences of different lengths, and RuntimeError where requires_grad is
    True and the dtype not floating.
    """
    if arrays.device(array) is None:
        array = literals.array_of("tensor", "array", array)
    if requires_grad and not is_floating(array.dtype):
        expected = f"{either(FLOATING)} where requires_grad is True"
        reject("tensor", "array.dtype", array.dtype.name, expected, RuntimeError)
    return Tensor(array, requires_grad)


def record(name: str, output: Array | Tensor, *edges: tuple[Any, ...]) -> Tensor:
    """Return an operator's output; record its derivatives where an input requires a gradient.

    Each of `edges` is (input, derivative, *tensors that the derivative reads); an optional tensor
    that was left out is None. `output` is a new array, a Tensor that is a view of an input, or an
    input itself that the operator has overwritten (see `Tensor.overwritable`).
    """
    output = output if isinstance(output, Tensor) else Tensor(output)
    overwritten = any(edge[0] is output for edge in edges)
    output.memory.version += overwritten
    required = [edge for edge in edges if edge[0] is not None and edge[0].requires_grad]
    if not required or not tape.is_recording():
        return output
    for source, *_ in required:
        source.check_history(name)
        output.memory.has_leaf |= source.is_leaf and source.memory is output.memory
    output.memory.recorded_writes += overwritten
    output.grad_fn = Node(name, tuple(_edge(*edge) for edge in required), output.shape)
    output.requires_grad, output._known_writes = True, output.memory.recorded_writes
    return output


def _edge(source: Tensor, derivative: Derivative, *read: Tensor | None) -> Edge:
    saved = tuple((each.memory, each.memory.version) for each in read if each is not None)
    return Edge(source.grad_fn or source, derivative, saved)


def _require_array(op: str, name: str, array: Any) -> None:
    if arrays.device(array) is None:
        reject(op, name, type(array).__name__, "a NumPy or CuPy array", TypeError)
