"""The command `python -m crosscheck.kernels.inspect`: what kernels become on a GPU, with no GPU.

With --memory: what they do to memory, seen on the CPU device. With --update: the record that `make
test` and `make gate` compare with. Exit status: 0, 2 for a wrong option, or when the compiler, or
the disassembler for --sass and --update, is missing.
"""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("inspect")

import json
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import disassembler, inspection, launches, record, table
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.memory import report
from crosscheck.kernels.inspect.occupancy import LIMITS

CAPABILITIES = {f"sm_{c[0]}{c[1]}{'a' if c >= (9, 0) else ''}": c for c in LIMITS}

Dtype = StrEnum("Dtype", ["float32", "float64"])
Index = StrEnum("Index", ["32", "64"])
Arch = StrEnum("Arch", list(CAPABILITIES))

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    name: Annotated[str, typer.Argument(help="A part of a kernel's dotted name.")] = "",
    dtype: Annotated[Dtype, typer.Option(help="What `real` means.")] = Dtype.float32,
    index: Annotated[Index, typer.Option(help="How many bits `index` has.")] = Index["32"],
    arch: Annotated[Arch, typer.Option(help="The GPU to compile for.")] = Arch.sm_90a,
    ptx: Annotated[bool, typer.Option("--ptx", help="Print the PTX of the kernel NAME.")] = False,
    show_sass: Annotated[
        bool, typer.Option("--sass", help="Print the machine code of the kernel NAME.")
    ] = False,
    memory: Annotated[
        bool, typer.Option("--memory", help="Run the kernels NAME, and show what they access.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(dir_okay=False, writable=True, help="With --memory: draw a warp's addresses."),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Rewrite the record of the kernels NAME, or of all.")
    ] = False,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", dir_okay=False, writable=True, help="Write the numbers here."),
    ] = None,
) -> None:
    """Compile the kernels as a launch would, and show what they take and what they do."""
    if memory:
        _look_at_memory(name, np.dtype(dtype).type, picture, json_file)
        return
    if update:
        _update(name)
        return
    if picture:
        raise typer.BadParameter("a picture is of memory; expected --memory with it")
    chosen = _choose(name, np.dtype(dtype).type, int(index), ptx or show_sass, CAPABILITIES[arch])
    console = Console(width=max(Console().width, table.WIDTH))
    try:
        with console.status("Compiling"):
            found = [inspection.inspect(each, CAPABILITIES[arch]) for each in chosen]
    except gpu.CompilerMissing as error:
        _fail(str(error))
    if ptx:
        typer.echo(found[0].ptx)
    if show_sass:
        if found[0].sass is None:
            _fail(disassembler.MISSING)
        typer.echo(found[0].sass)
    if not (ptx or show_sass):
        _show(console, found, f"{dtype}, {index}-bit indices, {found[0].arch}")
    if json_file:
        rows = [each.as_dict() for each in found]
        facts = {"dtype": dtype, "index": int(index), "arch": found[0].arch}
        json_file.write_text(json.dumps({**facts, "kernels": rows}, indent=1) + "\n")


def _update(name: str) -> None:
    """Compile for every architecture, dtype and index width; say what to look at in the diff."""
    _choose(name, np.float32, 32)  # refuses a name that no kernel has
    old = record.read(record.PATH)
    try:
        new = record.updated(old, name, partial(track, description="Compiling"))
    except (gpu.CompilerMissing, disassembler.DisassemblerMissing, ValueError) as error:
        _fail(str(error))
    record.write(new, record.PATH)
    for variant, line in new.lines.items():
        if (line.spills or line.stack) and not line.reason:
            typer.echo(f"{variant}: it spills, and its line has no reason")
    changed = sum(old.lines.get(each) != line for each, line in new.lines.items())
    gone = len(old.lines.keys() - new.lines.keys())
    typer.echo(f"{record.PATH}: {changed} of {len(new.lines)} lines changed, {gone} removed")


def _look_at_memory(name: str, dtype: type, picture: Path | None, json_file: Path | None) -> None:
    console = Console(width=max(Console().width, report.WIDTH))
    try:
        report.report(console, name, dtype, picture, json_file)
    except report.NoSuchKernel:
        _choose(name, dtype, 32)  # says which there are


def _choose(
    name: str,
    dtype: type,
    index_bits: int,
    unique: bool = False,
    capability: tuple[int, int] | None = None,
) -> list[Launch]:
    """Return the kernels with a part of a name, of those that the capability, if any, can have."""
    every = launches.record(dtype, index_bits)
    if capability:
        every = [each for each in every if each.kernel.only_on in (None, capability)]
    chosen = [each for each in every if name in each.name]
    if not chosen or (unique and len(chosen) > 1):
        wanted = "a part of one kernel's name" if unique else "a part of a kernel's name"
        names = "\n  ".join(each.name for each in chosen or every)
        raise typer.BadParameter(f"{name!r}; expected {wanted}:\n  {names}", param_hint="NAME")
    return chosen


def _show(console: Console, found: list[Inspection], title: str) -> None:
    console.print(title, highlight=False)
    console.print(table.render(found), highlight=False)
    if not all(each.mix for each in found):
        console.print(
            f"No instructions are counted: {disassembler.MISSING}", highlight=False, markup=False
        )


def _fail(message: str) -> NoReturn:
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(2)
