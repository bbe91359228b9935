"""Occupancy: how many blocks of a kernel fit on one streaming multiprocessor (SM).

The limits of each architecture are those of CCCL's `cuda::arch_traits` (cuda/__device/
arch_traits.h) and of the table "Technical Specifications per Compute Capability" in NVIDIA's
programming guide. The rounding is that of cuda_occupancy.h in the CUDA toolkit. As there, the SM is
assumed to use its largest carve-out for shared memory.
"""

from dataclasses import dataclass

from crosscheck.kernels.inspect.resources import Resources

WARP_SIZE = 32
REGISTERS = 64 * 1024  # of an SM
PARTITIONS = 4  # of an SM, each with its own registers
REGISTER_UNIT = 256  # a warp's registers are allocated in multiples of it


@dataclass(frozen=True)
class Limits:
    """The warps, blocks and KiB of shared memory of one SM.

    A block occupies the shared memory it asks for plus `reserved` bytes, rounded up to a multiple
    of `shared_unit` bytes.
    """

    warps: int
    blocks: int
    shared_kib: int
    reserved: int = 1024
    shared_unit: int = 128


LIMITS = {
    (7, 5): Limits(32, 16, 64, reserved=0, shared_unit=256),
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
    """Blocks and warps on one SM, the warps it could hold, and the resource that limits them."""

    blocks: int
    warps: int
    max_warps: int
    limited_by: str


def compute(resources: Resources, threads: int, dynamic: int, limits: Limits) -> Occupancy:
    """Return the occupancy of blocks of `threads` threads, each with `dynamic` bytes of shared
    memory beside the static ones. With 0 blocks, a launch fails.
    """
    warps = -(-threads // WARP_SIZE)
    warp_registers = _round_up(resources.registers * WARP_SIZE, REGISTER_UNIT)
    shared = _round_up(resources.shared + dynamic + limits.reserved, limits.shared_unit)
    fitting_blocks = {
        "warps": limits.warps // warps,
        "blocks": limits.blocks,
        "registers": REGISTERS // PARTITIONS // warp_registers * PARTITIONS // warps,
        "shared memory": limits.shared_kib * 1024 // max(shared, 1),
    }
    limited_by = min(fitting_blocks, key=fitting_blocks.__getitem__)
    blocks = fitting_blocks[limited_by]
    return Occupancy(blocks, blocks * warps, limits.warps, limited_by)


def _round_up(value: int, unit: int) -> int:
    return -(-value // unit) * unit
