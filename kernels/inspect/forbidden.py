"""What may not be found in a compiled kernel, whatever its record says."""

from collections.abc import Iterator

from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.variant import Variant


def forbidden(variant: Variant, found: Inspection, reason: str) -> Iterator[str]:
    """Yield it in words; `reason` is what the record has for a spill."""
    resources, mix = found.resources, found.mix
    if not found.occupancy.blocks:
        yield f"no block fits on an SM, by its {found.occupancy.limited_by}"
    if resources.spill_stores or resources.spill_loads or resources.stack:
        if not reason:
            yield "it spills or has a stack; expected neither, or a reason in the record"
    if variant.dtype == "float32" and mix.double:
        yield f"{mix.double} instructions in double precision; expected none"
    if variant.index == 32 and mix.wide_divisions:
        yield f"{mix.wide_divisions} 64-bit divisions; expected none"
