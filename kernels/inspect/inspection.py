"""One kernel compiled for one architecture: its resources, occupancy, mix and ceiling."""

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels.inspect import ceiling, mix, occupancy, resources, sass, stored
from crosscheck.kernels.inspect.ceiling import Ceiling
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.mix import Mix
from crosscheck.kernels.inspect.occupancy import Occupancy
from crosscheck.kernels.inspect.resources import Resources


@dataclass(frozen=True)
class Inspection:
    """A compiled kernel; `sass`, `mix` and `ceiling` are None where there is no disassembler.

    In `ptx` and `sass` the kernel has its Python name instead of the long mangled one.
    """

    name: str
    arch: str
    block: tuple[int, ...]
    resources: Resources
    occupancy: Occupancy
    mix: Mix | None
    ceiling: Ceiling | None
    ptx: str
    sass: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the code, for JSON."""
        fields = dataclasses.asdict(self)
        return {key: value for key, value in fields.items() if key not in ("ptx", "sass")}


def inspect(launch: Launch, capability: tuple[int, int]) -> Inspection:
    """Look at a launch, compiled for a compute capability (major, minor) of occupancy.LIMITS.

    Raises kernels.gpu.CompilerMissing.
    """
    code = stored.compile_for(launch, capability)
    needed = resources.parse(code.log)
    limits = occupancy.LIMITS[capability]
    program = None if code.sass is None else sass.parse(code.sass)
    mangled = re.search(r"\.entry ([\w$]+)", code.ptx)[1]
    function = launch.name.rpartition(".")[2]
    return Inspection(
        name=launch.name,
        arch=code.arch,
        block=launch.block,
        resources=needed,
        occupancy=occupancy.compute(needed, math.prod(launch.block), launch.shared_bytes, limits),
        mix=program and mix.count(program),
        ceiling=program and ceiling.compute(program, capability),
        ptx=code.ptx.replace(mangled, function),
        sass=code.sass and code.sass.replace(mangled, function),
    )
