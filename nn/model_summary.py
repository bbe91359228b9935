"""A table of a model's layers: `nn.summary`."""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscheck.kernels.arrays import namespace
from crosscheck.nn.modules.module import Module
from crosscheck.nn.receptive_field import Fields, multiply_adds
from crosscheck.nn.tape import Leaf, Node, enable_grad, topological_order
from crosscheck.nn.tensor import Tensor

if TYPE_CHECKING:
    from rich.table import Table


@dataclass
class Layer:
    """One call of a module.

    parameters       those of the module itself, not of modules inside; 0 for a further call
    mult_adds        of a module with none inside
    receptive_field  pixels of the input that an element of the output sees along each axis; inf
                     where it sees all, () where the tape does not lead to the input
    """

    name: str
    kind: str
    output_size: tuple[int, ...] = ()
    parameters: int = 0
    mult_adds: int = 0
    receptive_field: tuple[float, ...] = ()


@dataclass
class Summary:
    """What `summary` returns; printed, it is the table."""

    input_size: tuple[int, ...]
    layers: list[Layer]
    total_params: int
    trainable_params: int
    total_mult_adds: int

    def __rich__(self) -> "Table":
        from rich import box
        from rich.table import Table

        caption = (
            f"{self.total_params:,} parameters, {self.trainable_params:,} of them trainable;"
            f" {_rounded(self.total_mult_adds)} multiply-adds for {_times(self.input_size)}"
        )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left")
        table.add_column("Layer", overflow="fold")
        for heading in ("Output size", "Parameters", "Multiply-adds", "Receptive\nfield"):
            table.add_column(heading, justify="right", vertical="bottom")
        for each in self.layers:
            depth = each.name.count(".") + 1 if each.name else 0
            table.add_row(
                "  " * depth + " ".join([each.name.rpartition(".")[2], each.kind]).lstrip(),
                _times(each.output_size),
                f"{each.parameters:,}" if each.parameters else "",
                f"{each.mult_adds:,}" if each.mult_adds else "",
                _times(each.receptive_field),
            )
        return table

    def __str__(self) -> str:
        from rich.console import Console

        console = Console(file=io.StringIO(), width=120)
        console.print(self)
        return console.file.getvalue()


def summary(model: Module, input_size: Sequence[int], *, verbose: int = 1) -> Summary:
    """Print a table of the model's layers, as `torchinfo.summary`; verbose=0 only returns it.

    The model computes the output of zeros of `input_size`, (n, c, h, w), once, in evaluation mode.
    Multiply-adds are counted on the tape: those of convolutions and linear layers, called as a
    module or as a function, and one an element of a norm. Raises what the model does.
    """
    names = {module: name for name, module in model.named_modules()}
    modes = {module: module.training for module in names}
    image = _zeros(model, tuple(input_size))
    fields, layers, counted = Fields(image), [], set()

    def before(module: Module, args: tuple) -> None:
        layers.append(layer := Layer(names[module], type(module).__name__))
        if module not in counted:
            layer.parameters = sum(each.array.size for each in module.parameters(recurse=False))
        counted.add(module)
        started.append((layer, {each.grad_fn or each for each in _tensors(args)}))

    def after(module: Module, args: tuple, output: Any) -> None:
        layer, inputs = started.pop()
        for tensor in _tensors(output):
            layer.output_size = tensor.shape
            layer.receptive_field = fields.of(tensor.grad_fn or tensor)
        if not list(module.children()):
            made = (each.grad_fn for each in _tensors(output))
            layer.mult_adds = sum(map(multiply_adds, _since(inputs, made)))

    started: list[tuple[Layer, set[Node | Leaf]]] = []
    with ExitStack() as hooks, enable_grad():
        for module in names:
            hooks.enter_context(module.register_forward_pre_hook(before))
            hooks.enter_context(module.register_forward_hook(after))
        try:
            outputs = _tensors(model.eval()(image))
        finally:
            for module, training in modes.items():
                module.training = training
    nodes = {node for each in outputs for node in topological_order(each.grad_fn or each)}
    sizes = [(each.array.size, each.requires_grad) for each in model.parameters()]
    result = Summary(
        image.shape,
        layers,
        total_params=sum(size for size, _ in sizes),
        trainable_params=sum(size for size, trainable in sizes if trainable),
        total_mult_adds=sum(multiply_adds(node) for node in nodes if isinstance(node, Node)),
    )
    if verbose:
        from rich import print

        print(result)
    return result


def _zeros(model: Module, size: tuple[int, ...]) -> Tensor:
    """Return zeros of the model's dtype on its device; the tape leads back to them."""
    like = next((each.array for each in model.parameters()), np.empty(0, np.float32))
    return Tensor(namespace(like).zeros(size, like.dtype), requires_grad=True)


def _tensors(value: Any) -> list[Tensor]:
    """Return the tensors in an output, or in the arguments, of a module."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for each in value for tensor in _tensors(each)]
    return [value] if isinstance(value, Tensor) else []


def _since(inputs: set[Node | Leaf], outputs: Iterator[Node | None]) -> set[Node]:
    """Return the nodes that lead from the inputs to the outputs."""
    found: set[Node] = set()
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and node not in inputs and node not in found:
            found.add(node)
            stack.extend(edge.source for edge in node.edges)
    return found


def _times(extents: Sequence[float]) -> str:
    if extents and all(math.isinf(each) for each in extents):
        return "all"
    return "x".join(f"{each:.4g}" if each % 1 else f"{each:.0f}" for each in extents)


def _rounded(count: int) -> str:
    """Return a count in three digits: 1.82 G."""
    for unit, name in ((10**9, " G"), (10**6, " M"), (10**3, " k")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return str(count)
