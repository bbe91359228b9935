"""How many blocks of a kernel fit on one streaming multiprocessor.

The limits of each architecture are those of CCCL's `cuda::arch_traits` (cuda/__device/
arch_traits.h), the table "Technical Specifications per Compute Capability" of NVIDIA's programming
guide; the rounding is that of cuda_occupancy.h in the CUDA toolkit. As there, a multiprocessor is
taken to give shared memory all that it can.
"""

from dataclasses import dataclass

from crosscheck.kernels.inspect.resources import Resources

WARP = 32
REGISTERS = 64 * 1024  # of a multiprocessor
PARTITIONS = 4  # of a multiprocessor, each with its own registers
REGISTER_UNIT = 256  # a warp's registers are a multiple of it


@dataclass(frozen=True)
class Limits:
    """Of one multiprocessor: warps, blocks, and shared memory in KiB.

    A block's shared memory is what it asked for and `reserved` bytes, rounded up to `unit`.
    """

    warps: int
    blocks: int
    shared: int
    reserved: int = 1024
    unit: int = 128


LIMITS = {
    (7, 5): Limits(32, 16, 64, reserved=0, unit=256),
    (8, 0): Limits(64, 32, 164),
    (8, 6): Limits(48, 16, 100),
    (8, 7): Limits(48, 16, 164),
    (8, 9): Limits(48, 24, 100),
    (9, 0): Limits(64, 32, 228),
    (10, 0): Limits(64, 32, 228),
    (10, 3): Limits(64, 32, 228),
    (11, 0): Limits(48, 24, 228),
    (12, 0): Limits(48, 24, 100),
    (12, 1): Limits(48, 24, 100),
}


@dataclass(frozen=True)
class Occupancy:
    """Blocks and warps on one multiprocessor, how many warps it holds, and what stops more."""

    blocks: int
    warps: int
    most_warps: int
    limited_by: str


def compute(resources: Resources, threads: int, dynamic: int, limits: Limits) -> Occupancy:
    """Return the occupancy of blocks of `threads` threads with `dynamic` bytes of shared memory
    beside the static ones. 0 blocks: the kernel cannot be launched so.
    """
    warps = -(-threads // WARP)
    of_warp = _up(resources.registers * WARP, REGISTER_UNIT)
    shared = _up(resources.shared + dynamic + limits.reserved, limits.unit)
    fit = {
        "warps": limits.warps // warps,
        "blocks": limits.blocks,
        "registers": REGISTERS // PARTITIONS // of_warp * PARTITIONS // warps,
        "shared memory": limits.shared * 1024 // max(shared, 1),
    }
    limited_by = min(fit, key=fit.__getitem__)
    blocks = fit[limited_by]
    return Occupancy(blocks, blocks * warps, limits.warps, limited_by)


def _up(value: int, unit: int) -> int:
    return -(-value // unit) * unit
