"""Which module of a model is the only reader of another one's output.

`in_sequence` reads that off nested Sequentials. `by_calls` runs the model once, on a copy that
nobody else has. Each module without modules inside then returns a tensor that notes who reads its
array, and nothing of ours gets at the numbers of a tensor otherwise. A tensor that somebody still
holds after the call, as a result or on the side, may be read later: it counts as read.
"""

import weakref
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from crosscheck.kernels.arrays import Array
from crosscheck.nn.modules import Module, Sequential
from crosscheck.nn.tape import no_grad
from crosscheck.nn.tensor import Tensor

Readers = Mapping[Module, Module]


def is_sequential(module: Module) -> bool:
    """Return whether a module only calls the modules inside, in their order."""
    return isinstance(module, Sequential) and type(module).forward is Sequential.forward


def in_sequence(model: Module) -> Readers:
    """Return, by module, the only reader of its output, for a Sequential."""
    return {a: b for a, b in pairwise(_calls(model)) if a is not None and b is not None}


def _calls(module: Module) -> Iterator[Module | None]:
    """Yield the modules that a Sequential calls; None where a hook sees what is between them."""
    if not is_sequential(module):
        yield None if _has_hooks(module) else module
        return
    if _has_hooks(module):
        yield None
    for each in module:
        yield from _calls(each)
    if _has_hooks(module):
        yield None


def by_calls(model: Module, example: Sequence[Any]) -> Readers:
    """Return, by module, the only reader of its output, for a model called with `example`."""
    calls = _Calls()
    leaves = [each for each in model.modules() if not any(each.children())]
    handles = []
    for leaf in leaves:
        if not _has_hooks(leaf):
            handles += (
                leaf.register_forward_pre_hook(calls.begin),
                leaf.register_forward_hook(calls.end),
            )
    try:
        with no_grad():
            outputs = model(*example)
        found = calls.readers()
        del outputs  # held until here: what is among them has another reader
        return found
    finally:
        for handle in handles:
            handle.remove()


def _has_hooks(module: Module) -> bool:
    return bool(module._forward_pre_hooks or module._forward_hooks)


class _Calls:
    """What is noted of a call of a model.

    running  the modules that are being called, the innermost last
    count    how often each was called
    source   the module whose output each was given, None for another input
    read_by  who read each one's output: a module, or None for anything else
    output   the output itself, as long as somebody holds it
    """

    def __init__(self) -> None:
        self.running: list[Module] = []
        self.count: dict[Module, int] = defaultdict(int)
        self.source: dict[Module, Module | None] = {}
        self.read_by: dict[Module, set[Module | None]] = defaultdict(set)
        self.output: dict[Module, weakref.ref[_Output]] = {}

    def begin(self, module: Module, args: tuple[Any, ...]) -> None:
        self.running.append(module)
        self.count[module] += 1
        alone = len(args) == 1 and isinstance(args[0], _Output)
        self.source[module] = args[0].module if alone else None

    def end(self, module: Module, args: tuple[Any, ...], output: Any) -> Any:
        self.running.pop()
        if not isinstance(output, Tensor):
            return output
        noted = _Output(output, module, self)
        self.output[module] = weakref.ref(noted)
        return noted

    def readers(self) -> Readers:
        return {
            source: module
            for module, source in self.source.items()
            if source is not None
            and self.count[source] == self.count[module] == 1
            and self.read_by[source] == {module}
            and self.output[source]() is None
        }


class _Output(Tensor):
    """The output of a module, which notes who reads its array."""

    def __init__(self, output: Tensor, module: Module, calls: _Calls):
        self.module, self._calls = module, calls
        array = output._array if isinstance(output, _Output) else output.array  # this reads nothing
        super().__init__(array, memory=output.memory)

    @property
    def array(self) -> Array:
        running = self._calls.running
        self._calls.read_by[self.module].add(running[-1] if running else None)
        return self._array

    @array.setter
    def array(self, array: Array) -> None:
        self._array = array
