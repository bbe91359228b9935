"""`bench list`: the suites, their layers, and our algorithms of each operator."""

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks import launch, training
from crosscheck.benchmarks.launch import calls
from crosscheck.benchmarks.protocol.workload import directions
from crosscheck.benchmarks.suites import SUITES, Layer
from crosscheck.benchmarks.training.models import SMALL
from crosscheck.parity.operators import OPERATORS


def show(console: Console) -> None:
    """Print what `bench run` can measure."""
    for suite, layers in SUITES.items():
        table = Table("layer", "op", "inputs", "options", title=suite, box=box.SIMPLE_HEAD)
        table.add_column("times", justify="right")
        for layer in layers:
            table.add_row(layer.name, layer.op, _inputs(layer), _options(layer), str(layer.count))
        console.print(table)
    console.print(f"{training.SUITE}: whole steps of {', '.join(SMALL)}", highlight=False)
    console.print(f"{launch.SUITE}: calls of {'; '.join(calls.NAMES)}", highlight=False)
    table = Table("op", "direction", "algorithms", title="Ours", box=box.SIMPLE_HEAD)
    first = {layer.op: layer for layers in SUITES.values() for layer in layers}
    for op in (name for name in OPERATORS if name in first):
        names = {each.name: ", ".join(each.algorithms) for each in OPERATORS[op].directions}
        for direction in directions(first[op]):
            table.add_row(op, direction, names[direction])
    console.print(table)


def _inputs(layer: Layer) -> str:
    return ", ".join(f"{name} {'x'.join(map(str, e))}" for name, e in layer.inputs.items())


def _options(layer: Layer) -> str:
    return ", ".join(f"{name}={value}" for name, value in layer.options.items())
