"""A tensor is an array and, when it came out of an operator, the way back to what it came from.

An operator computes its output array and calls `record` with one derivative for each input. That
is the whole tape: `Tensor.backward` walks it from the output to the leaves, and calls a derivative
only where its input asked for a gradient. Derivatives read the arrays of the forward pass: do not
write into those before `backward`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from kernels import arrays
from kernels.arguments import alike, reject, shape
from kernels.arrays import Array

# Gradient of the output -> gradient of one input, in an array of its own.
Derivative = Callable[[Array], Array]

_recording = ContextVar("recording", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """Operators inside the `with` block, or in a function under `@no_grad()`, record nothing."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Node:
    """One application of an operator: the inputs that want a gradient, each with its derivative."""

    def __init__(self, name: str, edges: tuple[tuple["Tensor", Derivative], ...]):
        self.name = name
        self.edges = edges
        self.freed = False

    def free(self) -> None:
        """Let go of everything the derivatives saved."""
        self.edges = ()
        self.freed = True

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Tensor:
    """An array with a gradient. Made by `tensor` and by the operators of `nn.functional`.

    array          the NumPy or CuPy array itself, never copied
    requires_grad  whether `backward` brings a gradient here
    grad           a leaf's gradient: None, or a Tensor to which every `backward` adds
    grad_fn        the Node that made this tensor; None for a leaf
    """

    def __init__(self, array: Array, requires_grad: bool = False, grad_fn: Node | None = None):
        self.array = array
        self.requires_grad = requires_grad
        self.grad: Tensor | None = None
        self.grad_fn = grad_fn

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

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

    @property
    def is_leaf(self) -> bool:
        return self.grad_fn is None

    def size(self, dim: int | None = None) -> tuple[int, ...] | int:
        return self.shape if dim is None else self.shape[dim]

    def detach(self) -> "Tensor":
        """Return the same array as a leaf that wants no gradient."""
        return Tensor(self.array)

    def numpy(self) -> np.ndarray:
        """Return the array itself or, from a GPU, a copy on the host.

        PyTorch refuses where requires_grad is True and wants `.detach().numpy()`: here both work.
        """
        return self.array if self.device == "cpu" else self.array.get()

    def __repr__(self) -> str:
        suffix = f", grad_fn={self.grad_fn}" if self.grad_fn else ""
        suffix = suffix or (", requires_grad=True" if self.requires_grad else "")
        return f"tensor({self.array!r}{suffix})"

    def backward(self, gradient: "Tensor | Array | None" = None) -> None:
        """Add to `.grad` of every leaf this tensor depends on; then free what the operators saved.

        `gradient`, of this tensor's shape, dtype and device, weights its elements; a tensor of one
        element may leave it out, which stands for 1. Raises RuntimeError where nothing was
        recorded, where a gradient is needed, and where a graph was freed by an earlier call.
        """
        incoming = {self: self._gradient(gradient)}
        order = _outputs_first(self)
        for tensor in order:
            if tensor.grad_fn is not None and tensor.grad_fn.freed:
                raise RuntimeError(
                    f"backward: the graph is used a second time, but the first call freed what"
                    f" {tensor.grad_fn} had saved; run the forward pass again"
                )
        for tensor in order:
            gradient = incoming.pop(tensor)
            if tensor.grad_fn is None:
                tensor._accumulate(gradient)
                continue
            for source, derivative in tensor.grad_fn.edges:
                share = derivative(gradient)
                incoming[source] = incoming[source] + share if source in incoming else share
            tensor.grad_fn.free()

    def _gradient(self, gradient: "Tensor | Array | None") -> Array:
        """Return the checked gradient to start from."""
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
        _checked("backward", "gradient", gradient)
        shape("backward", "gradient", gradient, self.shape)
        alike("backward", tensor=self.array, gradient=gradient)
        return gradient.copy() if self.is_leaf else gradient  # .grad never shares the caller's

    def _accumulate(self, gradient: Array) -> None:
        self.grad = Tensor(gradient if self.grad is None else self.grad.array + gradient)


def tensor(array: Array, requires_grad: bool = False) -> Tensor:
    """Return a leaf that shares the memory of a NumPy or CuPy array, as `torch.as_tensor` does.

    `torch.tensor` would copy; here that is `tensor(array.copy())`. Raises TypeError for anything
    but an array and RuntimeError when a gradient is asked of a dtype other than float32, float64.
    """
    _checked("tensor", "array", array)
    if requires_grad and array.dtype.type not in (np.float32, np.float64):
        expected = "float32 or float64 where requires_grad is True"
        reject("tensor", "array.dtype", array.dtype.name, expected, RuntimeError)
    return Tensor(array, requires_grad)


def record(name: str, array: Array, *edges: tuple[Tensor | None, Derivative]) -> Tensor:
    """Return an operator's output, with its derivatives on the tape where some input wants them.

    `edges` has one (input, derivative) for each input; None stands for an input left out.
    """
    wanted = tuple(edge for edge in edges if edge[0] is not None and edge[0].requires_grad)
    if not wanted or not _recording.get():
        return Tensor(array)
    return Tensor(array, requires_grad=True, grad_fn=Node(name, wanted))


def _outputs_first(root: Tensor) -> list[Tensor]:
    """Return root and all it depends on, each before its inputs. No recursion: tapes are deep."""
    finished: list[Tensor] = []
    seen: set[Tensor] = set()
    stack = [(root, False)]
    while stack:
        tensor, inputs_done = stack.pop()
        if inputs_done:
            finished.append(tensor)
        elif tensor not in seen:
            seen.add(tensor)
            stack.append((tensor, True))
            edges = tensor.grad_fn.edges if tensor.grad_fn else ()
            stack.extend((source, False) for source, _ in edges)
    return finished[::-1]


def _checked(op: str, name: str, array: Any) -> None:
    if arrays.device(array) is None:
        reject(op, name, type(array).__name__, "a NumPy or CuPy array", TypeError)
