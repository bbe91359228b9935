"""Give the layers of a PyTorch model our forward passes, and say what became of each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.utils.parametrize import is_parametrized, type_before_parametrizations

from crosscheck.nn.torch_ops.fall_back import counts, tensor_misfit
from crosscheck.nn.torch_ops.modules import LAYERS

COUNTERS = (torch.int64,)  # num_batches_tracked
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)  # ParametrizationList is a ModuleList


@dataclass(frozen=True)
class Layer:
    """A layer of a model: its place, its class, and why it was left; "" when it was replaced.

    fell_back: how many of its calls PyTorch has computed, for each reason. It keeps counting.
    """

    name: str
    kind: str
    reason: str
    fell_back: Counter[str] = field(default_factory=Counter, compare=False)


@dataclass(frozen=True)
class Replacement:
    """What became of a model's layers, each part in the model's order. Prints as a list."""

    replaced: tuple[Layer, ...]
    left: tuple[Layer, ...]

    @property
    def fell_back(self) -> tuple[Layer, ...]:
        """Return the replaced layers of which, by now, PyTorch has computed a call."""
        return tuple(layer for layer in self.replaced if layer.fell_back.total())

    def __str__(self) -> str:
        layers = self.replaced + self.left
        names = max((len(layer.name) for layer in layers), default=0)
        kinds = max((len(layer.kind) for layer in layers), default=0)
        fell_back = f", fell back: {len(self.fell_back)}" if self.fell_back else ""
        lines = [f"layers replaced: {len(self.replaced)}, left: {len(self.left)}{fell_back}"]
        for layer in layers:
            what = f"left: {layer.reason}" if layer.reason else "replaced"
            lines.append(f"  {layer.name:{names}}  {layer.kind:{kinds}}  {what}")
            for reason, n in layer.fell_back.items():
                calls = f"{n} call{'s' if n > 1 else ''} by PyTorch: {reason}"
                lines.append(f"  {'':{names}}  {'':{kinds}}  {calls}")
        return "\n".join(lines)


def replace(model: nn.Module) -> Replacement:
    """Make the supported layers of `model` compute with our operators, in place.

    A layer stays the object it was, with its parameters, buffers, hooks and settings, and gets the
    class of `nn.torch_ops.modules` that derives from its own: whatever refers to it (an optimizer,
    a state_dict, DistributedDataParallel) sees no difference. An input that the operator does not
    take (integers, another device ...) is computed by PyTorch, and counted: the returned
    list and `report` say which layers fell back, how often and why.

    Layers are the modules that have no modules inside (parametrizations aside), those that derive
    from a supported one, and those of torch.nn with parameters of their own. Functions that a
    forward method calls itself are not seen.
    """
    for _, module in _layers(model):
        if not _is_ours(module) and not _reason(module):
            # torch.fx takes for a leaf what says that it is of torch.nn; it asks the object.
            module.__module__ = type(module).__module__
            module.__class__ = LAYERS[type(module)]
    return report(model)


def report(model: nn.Module) -> Replacement:
    """Return which layers of `model` are replaced, which fell back, and which are left and why."""
    replaced, left = [], []
    for name, module in _layers(model):
        place = name or "(the model)", type(module).__name__
        if _is_ours(module):
            replaced.append(Layer(*place, "", counts(module)))
        else:
            left.append(Layer(*place, _reason(module) or "nobody called replace for it"))
    return Replacement(tuple(replaced), tuple(left))


def _layers(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for name, module in model.named_modules():
        inside = [child for child, _ in module.named_children() if child != "parametrizations"]
        computes = any(True for _ in module.parameters(recurse=False))
        torchs = computes and type(module).__module__.startswith("torch.nn.")
        if not isinstance(module, CONTAINERS):
            if not inside or torchs or isinstance(module, tuple(LAYERS)):
                yield name, module


def _is_ours(module: nn.Module) -> bool:
    """Return whether it computes as a layer of ours. PyTorch's wrappers derive from them."""
    kinds = (ours for ours in LAYERS.values() if isinstance(module, ours))
    return any(type(module).forward is ours.forward for ours in kinds)


def _reason(module: nn.Module) -> str:
    """Return why PyTorch's module cannot be replaced, or ""."""
    base = next((base for base in type(module).__mro__ if base in LAYERS), None)
    if base is None:
        return "no operator for it"
    if isinstance(module, LazyModuleMixin):
        return "it has no weights before its first call: replace it after that"
    if is_parametrized(module) and type_before_parametrizations(module) is base:
        names = " and ".join(module.parametrizations)
        return f"a parametrization computes its {names}: replace it before that is registered"
    if type(module) is not base:
        return f"a subclass of {base.__name__}, which may compute something else"
    for name, tensor in chain(module.named_parameters(), module.named_buffers()):
        reason = "" if tensor.is_meta else tensor_misfit(name, tensor, COUNTERS)
        if reason:
            return reason
    return ""
