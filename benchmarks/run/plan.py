"""The rows of a run, in the order of what they tell: a run may end at any time.

0  forward: our default algorithm, PyTorch and the user's module, of every layer
1  forward: our other algorithms
2  gradients: our default algorithms, PyTorch and the module; whole training steps; the host's time
   of calls
3  gradients: our other algorithms
4  PyTorch's other columns, forward
5  the same, gradients

Within each, layers that take a network the most operations come first, and where there are none,
those of the most bytes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from crosscheck.benchmarks import launch, training
from crosscheck.benchmarks.launch import calls
from crosscheck.benchmarks.peers import own_subjects, torch_subjects
from crosscheck.benchmarks.protocol import roofline
from crosscheck.benchmarks.protocol.workload import directions, has_layouts, output_size
from crosscheck.benchmarks.row import TORCH
from crosscheck.benchmarks.suites import NAMES, SUITES, Layer, cut_down
from crosscheck.benchmarks.training.models import MODELS
from crosscheck.parity.operators import OPERATORS

DEFAULT = "default"  # stands for the algorithm that a call without a name runs


@dataclass(frozen=True)
class Choice:
    """What is asked for; "" and () leave everything.

    suites       of suites.NAMES
    op, direction, algorithm   this one only
    layouts      of ours; PyTorch is timed in both, and the faster one is kept
    peers        PyTorch's columns
    module       a user's file, which is loaded: only what it has algorithms for is measured
    """

    suites: Sequence[str] = NAMES
    op: str = ""
    direction: str = ""
    layouts: Sequence[str] = ("nchw",)
    algorithm: str = ""
    dtype: str = "float32"
    device: str = "cpu"
    peers: Sequence[str] = (TORCH,)
    module: Path | None = None


@dataclass(frozen=True)
class Task:
    """A row, or none where an algorithm does not take the layer.

    layout      "" for PyTorch
    peer        the name of PyTorch's column or of the module, "" for ours; training.GRAPH
    algorithm   of ours or the module; DEFAULT
    """

    suite: str
    layer: Layer
    direction: str
    layout: str
    peer: str
    algorithm: str
    stage: int

    @property
    def who(self) -> str:
        """Whom it measures."""
        words = self.peer or ("" if self.algorithm else "ours"), self.algorithm, self.layout
        return " ".join(filter(None, words))

    @property
    def is_of_module(self) -> bool:
        """Whether a user's algorithm computes it."""
        return bool(self.peer and self.algorithm)


def tasks(choice: Choice) -> list[Task]:
    """Return the tasks of a choice in their order. On the CPU the layers are cut down."""
    found = [
        each
        for suite in choice.suites
        for layer in SUITES.get(suite, ())
        if choice.op in ("", layer.op)
        for each in _of_layer(choice, suite, cut_down(layer) if choice.device == "cpu" else layer)
    ]
    if not (choice.op or choice.direction or choice.algorithm or choice.module):
        found += _launch(choice) if launch.SUITE in choice.suites else ()  # seconds for all
        found += _training(choice) if training.SUITE in choice.suites else ()
    weights = {id(each.layer): weight(each.layer) for each in found}
    return sorted(found, key=lambda task: (task.stage, *(-w for w in weights[id(task.layer)])))


def weight(layer: Layer) -> tuple[float, float]:
    """Return (operations, elements) that a layer takes of its network."""
    if not layer.inputs:  # no layer: training steps, calls
        return 0.0, 0.0
    elements = prod(output_size(layer)) + sum(map(prod, layer.inputs.values()))
    return layer.count * roofline.flops(layer), float(layer.count * elements)


def _of_layer(choice: Choice, suite: str, layer: Layer) -> Iterable[Task]:
    tables = {each.name: each.algorithms for each in OPERATORS[layer.op].directions}
    for direction in directions(layer):
        own = own_subjects.names(layer.op, direction)
        if choice.direction not in ("", direction) or (choice.module and not own):
            continue
        later = 0 if direction == "forward" else 2
        for peer in choice.peers:
            if not torch_subjects.why_not(peer, layer.op, choice.dtype, choice.device):
                stage = later if peer == TORCH else 4 + later // 2
                yield Task(suite, layer, direction, "", peer, "", stage)
        for layout in choice.layouts:
            if layout == "nhwc" and not has_layouts(layer):
                continue
            ours = suite, layer, direction, layout, ""
            if not choice.algorithm:
                yield Task(*ours, DEFAULT, later)
            for name in own if choice.module else ():
                if choice.algorithm in ("", name):
                    module = choice.module.stem
                    yield Task(suite, layer, direction, layout, module, name, later)
            for name in (each for each in tables[direction] if each not in own):
                if choice.algorithm in ("", name):
                    yield Task(*ours, name, later + (not choice.algorithm))


def _training(choice: Choice) -> Iterable[Task]:
    for name in MODELS[choice.device]:
        what = training.SUITE, Layer(name, training.SUITE, {}), training.DIRECTION, "nchw"
        yield Task(*what, "", "", 2)
        yield Task(*what, training.GRAPH, "", 2)
        for peer in choice.peers:
            if peer in torch_subjects.OF_STEPS:
                yield Task(*what, peer, "", 5 if peer == torch_subjects.COMPILED else 2)


def _launch(choice: Choice) -> Iterable[Task]:
    for name in calls.NAMES:
        of = launch.SUITE, Layer(name, launch.SUITE, {})
        yield Task(*of, launch.TO_LAUNCH, "nchw", "", "", 2)
        yield Task(*of, launch.WHOLE, "nchw", "", "", 2)
        if TORCH in choice.peers and choice.device == "cuda" and name in calls.FUNCTIONAL:
            yield Task(*of, launch.WHOLE, "nchw", TORCH, "", 2)


def summary(left: Iterable[Task], total: Iterable[Task]) -> list[str]:
    """Return a line for each suite and direction with what is left of it: of how many layers."""
    (left_of, kinds), (total_of, _) = _counted(left), _counted(total)
    lines = []
    for place, whom in kinds.items():
        if all(
            left_of[place, who] == count for (at, who), count in total_of.items() if at == place
        ):
            lines.append(f"{', '.join(place)}: everything")
            continue
        counts = (f"{who} {left_of[place, who]} of {total_of[place, who]}" for who in whom)
        lines.append(f"{', '.join(place)}, layers: {', '.join(counts)}")
    return lines


def _counted(some: Iterable[Task]) -> tuple[Counter, dict[tuple[str, str], dict[str, None]]]:
    """Return how many tasks there are by (suite, direction) and whom, and by whom of each."""
    counts: Counter = Counter()
    whom: dict[tuple[str, str], dict[str, None]] = {}
    for each in some:
        place = each.suite, each.direction
        counts[place, each.who] += 1
        whom.setdefault(place, {})[each.who] = None
    return counts, whom
