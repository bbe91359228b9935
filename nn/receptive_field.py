"""What the tape knows of a model's geometry: how far an element sees, how many products it takes.

The receptive field of an element is what it depends on in the model's input, along each axis. A
window of r elements, `jump` pixels apart, sees (r - 1) jump pixels more than each of them does, and
its stride multiplies the jump (Araujo et al., "Computing Receptive Fields of Convolutional Neural
Networks", 2019). Where branches meet, the widest counts.
"""

import math
from collections.abc import Mapping
from typing import Any

from crosscheck.nn.functional.apply import Gradient
from crosscheck.nn.tape import Edge, Leaf, Node, topological_order

Axis = tuple[float, float]  # how many pixels an element sees, how many lie between neighbours
ALL = (math.inf, 1)


class Fields:
    """The receptive fields of all that was computed from an image (n, c, *extents)."""

    def __init__(self, image: Leaf):
        self.rank = len(image.shape)
        self.axes = max(self.rank - 2, 0)
        self.known: dict[Node | Leaf, tuple[Axis, ...]] = {image: ((1, 1),) * self.axes}

    def of(self, vertex: Node | Leaf) -> tuple[float, ...]:
        """Return how many pixels an element sees along each axis; inf for all of them.

        Return () for what was not computed from the image.
        """
        for each in reversed(topological_order(vertex)):
            if isinstance(each, Node) and each not in self.known:
                seen = [
                    self._through(each, edge) for edge in each.edges if edge.source in self.known
                ]
                if seen:
                    self.known[each] = tuple(max(axis) for axis in zip(*seen, strict=True))
        return tuple(extent for extent, _ in self.known.get(vertex, ()))

    def _through(self, node: Node, edge: Edge) -> tuple[Axis, ...]:
        """Return the field of an output of `node` because of what it reads along `edge`."""
        source, options = self.known[edge.source], _options(edge)
        before, after = edge.source.shape, node.shape
        if node.name == "linear" and len(before) <= 2:
            return (ALL,) * self.axes
        if "dim" in options and math.prod(after) < math.prod(before):
            return self._reduced(source, options["dim"], len(before))
        if len(before) != self.rank or len(after) != self.rank:
            return source  # a view in other dimensions, which keeps the image's somewhere
        if not options and before[: -self.axes] != after[: -self.axes]:
            return source  # a view that moves dimensions
        kernel, stride = _window(options, self.axes)
        if kernel and node.name.startswith("conv_transpose"):
            return tuple(
                (extent + (math.ceil(r / s) - 1) * jump, jump / s)
                for (extent, jump), r, s in zip(source, kernel, stride, strict=True)
            )
        if not kernel:
            kernel, stride = zip(
                *(
                    _scaling(node.name, h, p)
                    for h, p in zip(before[-self.axes :], after[-self.axes :], strict=True)
                ),
                strict=True,
            )
        return tuple(
            (extent + (r - 1) * jump, jump * s)
            for (extent, jump), r, s in zip(source, kernel, stride, strict=True)
        )

    def _reduced(self, source: tuple[Axis, ...], dim: Any, rank: int) -> tuple[Axis, ...]:
        """Return the field of a sum, mean or maximum over these dimensions."""
        dims = range(rank) if dim is None else (dim,) if isinstance(dim, int) else dim
        reduced = {each % rank - rank + self.axes for each in dims}
        return tuple(ALL if axis in reduced else each for axis, each in enumerate(source))


def multiply_adds(node: Node) -> int:
    """Return the products of a convolution or a linear layer, and one an element of a norm.

    Each takes its addition along; a bias is where a sum starts, and costs nothing.
    """
    if "norm" in node.name:
        return math.prod(node.shape)
    for edge in node.edges:
        weight = _options(edge).get("weight")
        if weight is not None and edge.derivative.direction.of == "input":
            is_transposed = node.name.startswith("conv_transpose")
            meets = edge.source.shape if is_transposed else node.shape
            return math.prod(meets) * math.prod(weight.shape[1:])
    return 0


def _options(edge: Edge) -> Mapping[str, Any]:
    """Return what the derivative reads: options, the weight ...; nothing for a view."""
    return edge.derivative.bound if isinstance(edge.derivative, Gradient) else {}


def _window(options: Mapping[str, Any], axes: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many elements a window spans along each axis, and its stride; () without one."""
    kernel = options.get("kernel_size")
    if kernel is None and "stride" in options:
        kernel = options["weight"].shape[2:]
    if kernel is None:
        return (), ()
    stride = options.get("stride")
    kernel, dilation, stride = (
        each if isinstance(each, tuple) else (each,) * axes
        for each in (kernel, options.get("dilation", 1), kernel if stride is None else stride)
    )
    return tuple((r - 1) * d + 1 for r, d in zip(kernel, dilation, strict=True)), stride


def _scaling(name: str, h: int, p: int) -> tuple[float, float]:
    """Return (elements read, stride) of what makes p elements of h: slices, interpolation, ..."""
    if name.startswith("adaptive"):
        widest = max(-((i + 1) * -h // p) - i * h // p for i in range(p))
        return (widest, h / p) if p > 1 else (math.inf, 1)
    return 1, round(h / p) if h >= p else 1 / round(p / h)
