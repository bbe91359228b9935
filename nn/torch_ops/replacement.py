"""Give the layers of a PyTorch model our forward passes."""

from dataclasses import dataclass
from itertools import chain

import torch
from torch import nn

from crosscheck.nn.torch_ops.modules import LAYERS
from crosscheck.nn.torch_ops.operator import DEVICES, FLOATING


@dataclass(frozen=True)
class Layer:
    """A layer of a model: its place, its class, and why it was left; "" when it was replaced."""

    name: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Replacement:
    """What `replace` did, each part in the model's order. Prints as a list."""

    replaced: tuple[Layer, ...]
    left: tuple[Layer, ...]

    def __str__(self) -> str:
        layers = self.replaced + self.left
        names = max((len(layer.name) for layer in layers), default=0)
        kinds = max((len(layer.kind) for layer in layers), default=0)
        lines = [f"layers replaced: {len(self.replaced)}, left: {len(self.left)}"]
        for layer in layers:
            what = f"left: {layer.reason}" if layer.reason else "replaced"
            lines.append(f"  {layer.name:{names}}  {layer.kind:{kinds}}  {what}")
        return "\n".join(lines)


def replace(model: nn.Module) -> Replacement:
    """Make the supported layers of `model` compute with our operators, in place.

    A layer stays the object it was, with its parameters, buffers, hooks and settings, and gets the
    class of `nn.torch_ops.modules` that derives from its own: whatever refers to it (an optimizer,
    a state_dict, DistributedDataParallel) sees no difference. Layers are the modules that have no
    modules inside; functions that a forward method calls itself are not seen.
    """
    replaced, left = [], []
    for name, module in model.named_modules():
        if next(module.children(), None) is not None:
            continue
        reason = _reason(module)
        layer = Layer(name or "(the model)", type(module).__name__, reason)
        (left if reason else replaced).append(layer)
        if not reason:
            module.__class__ = LAYERS.get(type(module), type(module))  # the latter: by now ours
    return Replacement(tuple(replaced), tuple(left))


def _reason(module: nn.Module) -> str:
    """Return why the module is left as it is, or "" when it can be replaced."""
    kind = type(module)
    if kind not in LAYERS and kind not in LAYERS.values():
        base = next((base for base in kind.__mro__ if base in LAYERS), None)
        if base is None:
            return "no operator for it"
        return f"a subclass of {base.__name__}, which may compute something else"
    for name, tensor in chain(module.named_parameters(), module.named_buffers()):
        if tensor.dtype not in (*FLOATING, torch.int64):  # the last counts batches
            return f"{name} is {tensor.dtype}; kernels take float32 and float64"
        if tensor.device.type not in (*DEVICES, "meta"):
            return f"{name} is on {tensor.device.type!r}; kernels run on {' and '.join(DEVICES)}"
    return ""
