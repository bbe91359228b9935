"""Predictions as a table for people, and as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.benchmarks.predictions_file import KIND

FORMAT = 1
NOTE = (
    "A prediction, and a lower bound: no GPU has timed it. A time is the least that the busiest"
    " resource needs at the boost clock; latency, barriers, cache misses and launching come on top."
)
RESOURCES = ("issue", "FMA", "load/store", "shared", "L2", "DRAM")


def show(console: Console, gpu: Gpu, rows: Sequence[Prediction]) -> None:
    """Print a table of each suite, the mean over its network, and what the numbers are."""
    console.print(NOTE, highlight=False)
    for suite in dict.fromkeys(each.suite for each in rows):
        own = [each for each in rows if each.suite == suite]
        console.print(_table(f"{suite} on {gpu.name}", own), highlight=False)
        console.print(_totals(own), highlight=False)
    for each in rows:
        if each.problem:
            what = " ".join(filter(None, (each.layer, each.direction, each.algorithm)))
            console.print(f"{what}: {each.problem}", highlight=False, markup=False)


def _table(title: str, rows: Iterable[Prediction]) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    for head in ("layer", "direction", "algorithm"):
        table.add_column(head, no_wrap=True)
    heads = (
        "us at least",
        "bound by",
        "of FFMA\nat most",
        "instr.\nper FMA",
        "waves",
        "blocks\nan SM",
    )
    for head in (*heads, *(f"{each}\nus" for each in RESOURCES)):
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    before = ""
    for each in rows:
        if each.problem:
            continue
        name = f"{each.layer} x {each.count}" if each.count > 1 else each.layer
        direction = each.direction + (f" {each.layout}" if each.layout != "nchw" else "")
        here, before = ("" if name == before else name), name
        table.add_row(here, direction, each.algorithm, *_numbers(each))
    return table


def _numbers(each: Prediction) -> Iterable[str]:
    instructions = sum(floor.instructions for floor in each.kernels) * 32
    longest = max(each.kernels, key=lambda floor: floor.most)
    yield _short(each.microseconds)
    yield each.bound
    yield f"{each.share:.1%}" if each.flops else "-"
    yield f"{2 * instructions / each.flops:.2f}" if each.flops else "-"
    yield f"{longest.waves:.1f}"
    yield f"{longest.resident}"
    for name in RESOURCES:
        yield _short(each.by_resource[name]) if name in each.by_resource else "-"


def _short(microseconds: float) -> str:
    return f"{microseconds:.0f}" if microseconds >= 100 else f"{microseconds:.3g}"


def _totals(rows: Sequence[Prediction]) -> Table:
    """Return the time and the share of a whole network: for each direction and layout with one
    algorithm for all the layers that it takes, and with the fastest for each.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left")
    table.title = "All layers, as often as the network has them"
    for head in ("direction", "algorithm"):
        table.add_column(head)
    for head in ("layers", "us at least", "of FFMA at most"):
        table.add_column(head, justify="right")
    for (direction, layout), own in _by(rows, lambda each: (each.direction, each.layout)).items():
        head = direction + (f" {layout}" if layout != "nchw" else "")
        layers = _by(own, lambda each: each.layer).values()
        best = [min(each, key=lambda row: row.microseconds) for each in layers]
        for name, chosen in {**_by(own, lambda each: each.algorithm), "the fastest": best}.items():
            time = sum(each.count * each.microseconds for each in chosen)
            peak = sum(each.count * each.microseconds * each.share for each in chosen)
            count = str(sum(each.count for each in chosen))
            share = f"{peak / time:.1%}" if peak else "-"
            table.add_row(head, str(name), count, _short(time), share)
    return table


def _by(rows: Iterable[Prediction], key: Any) -> dict[Any, list[Prediction]]:
    found: dict[Any, list[Prediction]] = {}
    for each in rows:
        if not each.problem:
            found.setdefault(key(each), []).append(each)
    return found


def as_json(facts: Mapping[str, str], gpu: Gpu, rows: Iterable[Prediction]) -> str:
    """Return the file: what it is, how it was made, the GPU's figures, and a prediction a line."""
    content = {
        "format": FORMAT,
        "kind": KIND,
        "note": NOTE,
        "environment": dict(facts),
        "gpu": asdict(gpu),
    }
    head = json.dumps(content, indent=1).removesuffix("\n}")
    lines = ",\n".join(f"  {json.dumps(_rounded(each.as_dict()))}" for each in rows)
    return f'{head},\n "rows": [\n{lines}\n ]\n}}\n'


def _rounded(value: Any) -> Any:
    """Return a value with floats of 5 digits, where they are no whole numbers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, (list, tuple)) else value
