"""The tape: the way back from a tensor to the leaves it was computed from.

One application of an operator is a `Node`. It has an `Edge` for each input that wants a gradient,
which leads to where that input came from: another node, or a leaf. `backward` walks from the output
to the leaves and calls the derivative of each edge it takes.

Edges do not lead to the tensors in between, which may be overwritten in place: such a tensor then
comes from another node, while edges made before still lead to the old one. What must not change is
what a derivative reads. A `Memory` counts the writes in place, and an edge knows the counts at
which its derivative's arrays were as they must be. Writes to the NumPy or CuPy array itself are
not seen, as in PyTorch.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from crosscheck.kernels.arrays import Array

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


def is_recording() -> bool:
    return _recording.get()


class Memory:
    """What tensors whose elements lie in one memory know of each other.

    version   how often it was written in place
    recorded  how often by an operator on the tape, with a new history for one of those tensors
    has_leaf  whether one is a leaf that wanted a gradient when another was made as a view of it
    """

    def __init__(self) -> None:
        self.version = 0
        self.recorded = 0
        self.has_leaf = False


class Leaf(Protocol):
    """Where a gradient ends."""

    def accumulate(self, gradient: Array) -> None: ...


class Edge(NamedTuple):
    """The way to one input of an operator; `saved` is what the derivative reads, at its version."""

    source: "Node | Leaf"
    derivative: Derivative
    saved: tuple[tuple[Memory, int], ...]


class Node:
    """One application of an operator: an edge for each input that wants a gradient."""

    def __init__(self, name: str, edges: tuple[Edge, ...]):
        self.name = name
        self.edges = edges
        self.freed = False

    def check(self) -> None:
        """Raise RuntimeError where a derivative cannot be called any more."""
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
        """Let go of everything the derivatives saved."""
        self.edges = ()
        self.freed = True

    def __repr__(self) -> str:
        return f"<{self.name}>"


def backward(start: Node | Leaf, gradient: Array) -> None:
    """Bring `gradient` from `start` to the leaves; free the nodes on the way.

    Raises RuntimeError, with nothing brought anywhere, where a node refuses.
    """
    order = _outputs_first(start)
    for point in order:
        if isinstance(point, Node):
            point.check()
    incoming = {start: gradient}
    for point in order:
        gradient = incoming.pop(point)
        if not isinstance(point, Node):
            point.accumulate(gradient)
            continue
        for source, derivative, _ in point.edges:
            share = derivative(gradient)
            incoming[source] = incoming[source] + share if source in incoming else share
        point.free()


def _outputs_first(start: Node | Leaf) -> list[Node | Leaf]:
    """Return start and all it depends on, each before its inputs. No recursion: tapes are deep."""
    finished: list[Node | Leaf] = []
    seen: set[Node | Leaf] = set()
    stack = [(start, False)]
    while stack:
        point, inputs_done = stack.pop()
        if inputs_done:
            finished.append(point)
        elif point not in seen:
            seen.add(point)
            stack.append((point, True))
            edges = point.edges if isinstance(point, Node) else ()
            stack.extend((edge.source, False) for edge in edges)
    return finished[::-1]
