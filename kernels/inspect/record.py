"""The record: what the compiler makes of every kernel, in figures that should not get worse.

record.csv has a line for every kernel, architecture, precision and index width, below the versions
of the compiler that made it. `crosscheck inspect --update` writes it; what changed is read in the
diff. Spills and stack are 0 but for a line with a reason, which is written there by hand, and kept
while the line spills.
"""

import csv
import dataclasses
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from crosscheck.kernels.inspect import disassembler, inspection, launches, stored, toolchain
from crosscheck.kernels.inspect.forbidden import forbidden
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.variant import Variant

PATH = Path(__file__).with_name("record.csv")
ARCHITECTURES = {"sm_80": (8, 0), "sm_90a": (9, 0), "sm_100a": (10, 0), "sm_120a": (12, 0)}
DTYPES = {"float32": np.float32, "float64": np.float64}
WIDTHS = (32, 64)  # bits of an index


@dataclass(frozen=True)
class Figures:
    """A line of the record. Sizes are bytes, per thread but for `shared`, which is a block's.

    spills        stored and loaded
    blocks        on an SM
    per_fma       instructions for each FMA of the main loop, 0 without one
    global_width, shared_width  of a load, in the mean
    ceiling       percent of the FMA peak, 0 without a loop of FMAs
    moved         bytes of global memory that an SM can ask for in a cycle
    bound         what binds the two above
    source        a hash of the kernel that was compiled (`stored.source`); "" where something
                  forbidden was found
    reason        why it spills
    """

    registers: int
    spills: int
    stack: int
    shared: int
    blocks: int
    instructions: int
    per_fma: float
    global_width: float
    shared_width: float
    ceiling: float
    moved: float
    bound: str
    source: str = ""
    reason: str = ""


def figures(found: Inspection) -> Figures:
    """Return what the record keeps of an inspection.

    Raises disassembler.DisassemblerMissing where it has no instructions.
    """
    if found.mix is None:
        raise disassembler.DisassemblerMissing(disassembler.MISSING)
    resources, mix, ceiling = found.resources, found.mix, found.ceiling
    return Figures(
        registers=resources.registers,
        spills=resources.spill_stores + resources.spill_loads,
        stack=resources.stack,
        shared=resources.shared,
        blocks=found.occupancy.blocks,
        instructions=mix.instructions,
        per_fma=round(mix.loop.per_fma, 3) if mix.loop else 0.0,
        global_width=round(mix.global_width, 2),
        shared_width=round(mix.shared_width, 2),
        ceiling=round(100 * ceiling.fma, 1),
        moved=round(ceiling.bytes, 1),
        bound=ceiling.bound,
    )


@dataclass(frozen=True)
class Record:
    """The lines, and the compiler that they are of."""

    compiler: str
    lines: Mapping[Variant, Figures]


def compiler() -> str:
    """Return the versions of all that has a part in the machine code."""
    parts = {name: version(name) for name in ("numba", "numba-cuda", "llvmlite")}
    for part, found in toolchain.versions().items():
        if part != "nvdisasm":
            parts[part] = "unknown" if found is None or "/" in found else found
    python = ".".join(platform.python_version_tuple()[:2])
    return ", ".join(f"{part} {found}" for part, found in {"python": python, **parts}.items())


def read(path: Path) -> Record:
    """Return the record in a file."""
    with path.open(newline="") as file:
        made_with = file.readline().removeprefix("# ").rstrip("\n")
        rows = list(csv.DictReader(file))
    return Record(made_with, dict(map(_parse, rows)))


def _parse(row: Mapping[str, str]) -> tuple[Variant, Figures]:
    variant = Variant(row["kernel"], row["arch"], row["dtype"], int(row["index"]))
    known = [each for each in dataclasses.fields(Figures) if each.name in row]
    return variant, Figures(**{each.name: each.type(row[each.name]) for each in known})


def write(record: Record, path: Path) -> None:
    """Write a record, sorted."""
    names = [each.name for each in dataclasses.fields(Figures)]
    with path.open("w", newline="") as file:
        file.write(f"# {record.compiler}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Variant._fields, *names])
        for variant, line in sorted(record.lines.items()):
            values = [getattr(line, name) for name in names]
            short = (f"{each:g}" if isinstance(each, float) else each for each in values)
            writer.writerow([*variant, *short])


def launched() -> Iterator[tuple[Variant, Launch]]:
    """Yield every variant of every kernel, with a launch of it."""
    for dtype, real_type in DTYPES.items():
        for index in WIDTHS:
            for launch in launches.record(real_type, index):
                for arch, capability in ARCHITECTURES.items():
                    if launch.kernel.only_on in (None, capability):
                        yield Variant(launch.name, arch, dtype, index), launch


def updated(old: Record, name: str, track: Callable[[list], Iterable[Any]] = iter) -> Record:
    """Compile the kernels with `name` in theirs, and return the record with their lines new.

    A kernel that is no more has no line. `track` is told of the progress. Raises ValueError where
    another compiler made the other lines, kernels.gpu.CompilerMissing and
    disassembler.DisassemblerMissing.
    """
    made_with = compiler()
    if name and made_with != old.compiler:
        raise ValueError(f"the record is of {old.compiler}; expected {made_with}, or all kernels")
    every = dict(launched())
    lines = {each: line for each, line in old.lines.items() if each in every}
    for variant, launch in track([each for each in every.items() if name in each[0].kernel]):
        lines[variant] = _line(variant, launch, old.lines.get(variant))
    return Record(made_with, lines)


def _line(variant: Variant, launch: Launch, old: Figures | None) -> Figures:
    """Compile a kernel. A line with something forbidden in it is of no source: the gate looks."""
    inspected = inspection.inspect(launch, ARCHITECTURES[variant.arch])
    found = figures(inspected)
    reason = old.reason if old and (found.spills or found.stack) else ""
    clean = not any(forbidden(variant, inspected, reason))
    source = stored.source(launch) if clean else ""
    return dataclasses.replace(found, source=source, reason=reason)


def is_of(record: Record, variant: Variant, launch: Launch) -> bool:
    """Return whether a line of the record is of this very kernel, by the compiler that is here.

    What it is then compiled to is known, unless something else decides that, too: whoever extends
    numba, or the launcher.
    """
    line = record.lines[variant]
    return line.source == stored.source(launch) != "" and record.compiler == compiler()
