"""The tape: the graph of operators that leads from a tensor back to the leaves.

One application of an operator is a `Node`. It has an `Edge` for each input that requires a
gradient. The edge leads to what produced that input: another node, or a leaf. `backward` walks from
the output to the leaves and calls the derivative of every edge on the way.

Edges lead to nodes, not to the tensors in between, because a tensor may be overwritten in place: it
then belongs to a new node, while edges recorded earlier still lead to the old one. Only the arrays
that a derivative reads must not change. A `Memory` counts the in-place writes, and an edge keeps
the count at which it was recorded. As in PyTorch, a write to the NumPy or CuPy array itself goes
unnoticed.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from crosscheck.kernels.arrays import Array

# Takes the gradient of the output, returns that of one input: in a new array, or as a view of the
# former. Nobody writes to either.
Derivative = Callable[[Array], Array]

_recording = ContextVar("recording", default=True)


@contextmanager
def _set_recording(recording: bool) -> Iterator[None]:
    token = _recording.set(recording)
    try:
        yield
    finally:
        _recording.reset(token)


def no_grad() -> AbstractContextManager[None]:
    """Record no operators inside the `with` block, or in a function decorated by `@no_grad()`."""
    return _set_recording(False)


def enable_grad() -> AbstractContextManager[None]:
    """Record operators inside the `with` block, even within one of `no_grad`."""
    return _set_recording(True)


def is_recording() -> bool:
    return _recording.get()


class Memory:
    """In-place writes to memory that one tensor or several (views of it) share.

    version          the number of in-place writes
    recorded_writes  those by operators on the tape: each gave the written tensor a new `grad_fn`
    has_leaf         whether one of the tensors is a leaf that requires a gradient, and was viewed
    """

    def __init__(self) -> None:
        self.version = 0
        self.recorded_writes = 0
        self.has_leaf = False


class Leaf(Protocol):
    """A tensor that no operator produced: gradients accumulate here."""

    shape: tuple[int, ...]

    def accumulate(self, gradient: Array) -> None: ...


class Edge(NamedTuple):
    """One input of an operator: what produced it, and the derivative with respect to it.

    saved  the memory that the derivative reads, each with its version at the time of recording
    """

    source: "Node | Leaf"
    derivative: Derivative
    saved: tuple[tuple[Memory, int], ...]


class Node:
    """One application of an operator, with an edge for each input that requires a gradient.

    shape  that of the output
    """

    def __init__(self, name: str, edges: tuple[Edge, ...], shape: tuple[int, ...]):
        self.name = name
        self.edges = edges
        self.shape = shape
        self.freed = False

    def check(self) -> None:
        """Raise RuntimeError where the node was freed, or an array it saved was overwritten."""
        if self.freed:
            raise RuntimeError(
                f"backward: the graph is used a second time, but the first call freed what"
                f" {self} had saved; run the forward pass again"
            )
        for memory, version in (each for edge in self.edges for each in edge.saved):
            if memory.version != version:
                raise RuntimeError(
                    "backward: one of the variables needed for gradient computation has been"
                    f" modified by an inplace operation: what {self} had saved is at version"
                    f" {memory.version}; expected version {version}"
                )

    def free(self) -> None:
        """Drop the derivatives and all that they saved. A cast saves nothing, and stays: autocast
        gives one of a parameter to several graphs.
        """
        if self.name != "to":
            self.edges = ()
            self.freed = True

    def __repr__(self) -> str:
        return f"<{self.name}>"


def backward(start: Node | Leaf, gradient: Array) -> None:
    """Propagate `gradient` from `start` to the leaves, and free the nodes on the way.

    Raises RuntimeError where a node's `check` does; no leaf has a new gradient then.
    """
    order = topological_order(start)
    for vertex in order:
        if isinstance(vertex, Node):
            vertex.check()
    gradients = {start: gradient}
    for vertex in order:
        gradient = gradients.pop(vertex)
        if not isinstance(vertex, Node):
            vertex.accumulate(gradient)
            continue
        for source, derivative, _ in vertex.edges:
            term = derivative(gradient)
            gradients[source] = gradients[source] + term if source in gradients else term
        vertex.free()


def topological_order(start: Node | Leaf) -> list[Node | Leaf]:
    """Return `start` and all it depends on, every node before its inputs.

    A loop with a stack: a deep model would exceed Python's limit of recursion.
    """
    finished: list[Node | Leaf] = []
    seen: set[Node | Leaf] = set()
    stack = [(start, False)]
    while stack:
        vertex, inputs_done = stack.pop()
        if inputs_done:
            finished.append(vertex)
        elif vertex not in seen:
            seen.add(vertex)
            stack.append((vertex, True))
            edges = vertex.edges if isinstance(vertex, Node) else ()
            stack.extend((edge.source, False) for edge in edges)
    return finished[::-1]
