"""One kernel compiled for one architecture: its resources, occupancy and instruction mix."""

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import Any

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import mix, occupancy, resources, sass
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.mix import Mix
from crosscheck.kernels.inspect.occupancy import Occupancy
from crosscheck.kernels.inspect.resources import Resources


@dataclass(frozen=True)
class Inspection:
    """A compiled kernel; `sass` and `mix` are None where there is no disassembler.

    In `ptx` and `sass` the kernel has its Python name instead of the long mangled one.
    """

    name: str
    arch: str
    block: tuple[int, ...]
    resources: Resources
    occupancy: Occupancy
    mix: Mix | None
    ptx: str
    sass: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the code, for JSON."""
        fields = dataclasses.asdict(self)
        return {key: value for key, value in fields.items() if key not in ("ptx", "sass")}


def inspect(launch: Launch, capability: tuple[int, int]) -> Inspection:
    """Compile a launch for a compute capability (major, minor), one of occupancy.LIMITS.

    Raises kernels.gpu.CompilerMissing.
    """
    compiled = gpu.compile_for(launch.kernel, launch.arguments, capability)
    needed = resources.parse(compiled.log)
    limits = occupancy.LIMITS[capability]
    try:
        code = sass.disassemble(compiled.cubin)
    except sass.DisassemblerMissing:
        code = None
    mangled = re.search(r"\.entry ([\w$]+)", compiled.ptx)[1]
    function = launch.name.rpartition(".")[2]
    return Inspection(
        name=launch.name,
        arch=compiled.arch,
        block=launch.block,
        resources=needed,
        occupancy=occupancy.compute(needed, math.prod(launch.block), launch.shared_bytes, limits),
        mix=None if code is None else mix.count(sass.parse(code)),
        ptx=compiled.ptx.replace(mangled, function),
        sass=code and code.replace(mangled, function),
    )
