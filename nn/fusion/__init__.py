"""`nn.fuse`: a model for inference, with fewer launches and less memory traffic.

    fused = nn.fuse(model.eval())        # a Sequential
    fused = nn.fuse(model.eval(), x)     # any model: x is an input of its forward

follow.py finds which module reads whose output, fold.py computes the weights.
"""

from copy import deepcopy
from typing import Any

from crosscheck.kernels.arguments import reject
from crosscheck.nn.fusion import follow
from crosscheck.nn.fusion.fold import fold
from crosscheck.nn.modules import (
    BatchNorm2d,
    Conv2d,
    ConvReLU2d,
    ConvReLUMaxPool2d,
    Identity,
    MaxPool2d,
    Module,
    ReLU,
)

TWO = (2, [2], (2,), [2, 2], (2, 2))


def fuse(model: Module, *example: Any) -> Module:
    """Return a copy of a model in eval mode, with fewer modules that do the same.

    A BatchNorm2d that only reads a Conv2d's output is folded into its weights. A ReLU behind that,
    and a MaxPool2d(2) behind the ReLU, are computed with the convolution, before it stores
    anything. The convolution keeps its name and the names of its state; Identity takes the other
    modules' places.

    In a Sequential, and in those inside it, neighbours are read off. Any other model is called with
    the `example` inputs, once, to see which module reads what; where its forward depends on its
    inputs, other inputs must take the same way.

    Not fused is what would then be missing elsewhere: the output of a module that is called twice
    or has two names, one that anything but the next module reads, or that is still held after the
    call; and a module with a hook, or of a subclass. A batch norm without running statistics stays.

    Raises TypeError unless `model` is a Module, ValueError where a module is in training mode, and
    where a model that is not a Sequential is given no example. What its forward raises, passes.
    """
    if not isinstance(model, Module):
        reject("fuse", "model", type(model).__name__, "an nn.Module", TypeError)
    for path, module in model.named_modules():
        if module.training:
            where = f"model.{path}.training" if path else "model.training"
            reject("fuse", where, True, "False: call model.eval() first")
    if not example and not follow.is_sequential(model):
        kind = type(model).__name__
        reject("fuse", "example", example, f"inputs of {kind}, whose own forward calls its modules")
    fused = deepcopy(model)
    readers = follow.by_calls(fused, example) if example else follow.in_sequence(fused)
    places = _places(fused)
    alone = {a: b for a, b in readers.items() if len(places[a]) == len(places[b]) == 1}
    for module in list(fused.modules()):
        if type(module) is Conv2d:
            for absorbed in _absorb(module, alone):
                ((parent, name),) = places[absorbed]
                parent.add_module(name, Identity().eval())
    return fused


def _absorb(convolution: Conv2d, readers: follow.Readers) -> list[Module]:
    """Make a convolution do what its readers do, and return them."""
    absorbed = []
    following = readers.get(convolution)
    if _is_foldable(following) and following.num_features == convolution.out_channels:
        fold(convolution, following)
        absorbed.append(following)
        following = readers.get(following)
    if type(following) is ReLU:
        convolution.__class__ = ConvReLU2d  # the same state, another function
        absorbed.append(following)
        following = readers.get(following)
        if _is_two_by_two(following):
            convolution.__class__ = ConvReLUMaxPool2d
            absorbed.append(following)
    return absorbed


def _is_foldable(module: Module | None) -> bool:
    return type(module) is BatchNorm2d and module.running_mean is not None


def _is_two_by_two(module: Module | None) -> bool:
    return (
        type(module) is MaxPool2d
        and module.kernel_size in TWO
        and module.stride in TWO
        and module.padding in (0, [0], (0,), [0, 0], (0, 0))
        and module.dilation in (1, [1], (1,), [1, 1], (1, 1))
        and not (module.ceil_mode or module.return_indices)
    )


def _places(model: Module) -> dict[Module, list[tuple[Module | None, str]]]:
    """Return where each module is: all its parents, with its names there."""
    places: dict[Module, list[tuple[Module | None, str]]] = {model: [(None, "")]}
    for path, module in model.named_modules(remove_duplicate=False):
        if path:
            parent, _, name = path.rpartition(".")
            places.setdefault(module, []).append((model.get_submodule(parent), name))
    return places
