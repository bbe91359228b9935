"""`cuda` as a kernel sees it on the CPU device.

A kernel's global `cuda` is replaced by this namespace before numba compiles it for the CPU.
"""

import types as python_types

import numpy as np

from ..machine import layout
from . import libdevice, vectors
from .math import bits, fused, scalars  # noqa: F401  for what it defines
from .memory import arrays, atomics, cache_hints, pointers  # noqa: F401  the same
from .sixteen_bit_floats import bf16, fp16
from .threads import barriers, coordinates, grid_group, shuffles, votes


def _namespace(name: str, **members) -> python_types.ModuleType:
    """Return a module with these members: numba resolves dotted names in modules."""
    module = python_types.ModuleType(name)
    vars(module).update(members)
    return module


cuda = _namespace(
    "cuda",
    threadIdx=coordinates.THREAD_IDX,
    blockIdx=coordinates.BLOCK_IDX,
    blockDim=coordinates.BLOCK_DIM,
    gridDim=coordinates.GRID_DIM,
    grid=coordinates.grid,
    gridsize=coordinates.gridsize,
    laneid=coordinates.LaneId(),
    warpsize=np.int32(layout.WARP_SIZE),
    syncthreads=barriers.syncthreads,
    syncthreads_count=barriers.syncthreads_count,
    syncthreads_and=barriers.syncthreads_and,
    syncthreads_or=barriers.syncthreads_or,
    threadfence=barriers.threadfence,
    threadfence_block=barriers.threadfence_block,
    threadfence_system=barriers.threadfence_system,
    nanosleep=barriers.nanosleep,
    syncwarp=votes.syncwarp,
    shfl_sync=shuffles.shfl_sync,
    shfl_up_sync=shuffles.shfl_up_sync,
    shfl_down_sync=shuffles.shfl_down_sync,
    shfl_xor_sync=shuffles.shfl_xor_sync,
    all_sync=votes.all_sync,
    any_sync=votes.any_sync,
    eq_sync=votes.eq_sync,
    ballot_sync=votes.ballot_sync,
    match_any_sync=shuffles.match_any_sync,
    match_all_sync=shuffles.match_all_sync,
    activemask=votes.activemask,
    lanemask_lt=votes.lanemask_lt,
    cg=_namespace("cuda.cg", this_grid=grid_group.this_grid),
    shared=_namespace("cuda.shared", array=arrays.shared_array),
    local=_namespace("cuda.local", array=arrays.local_array),
    const=_namespace("cuda.const", array_like=arrays.constant_array_like),
    popc=bits.popc,
    brev=bits.brev,
    clz=bits.clz,
    ffs=bits.ffs,
    fma=scalars.fma,
    cbrt=scalars.cbrt,
    selp=scalars.selp,
    **cache_hints.LOADS,
    **cache_hints.STORES,
    **vectors.MEMBERS,
    bfloat16=bf16.bfloat16,
    bf16=_namespace("cuda.bf16", **bf16.MEMBERS),
    fp16=_namespace("cuda.fp16", **fp16.MEMBERS),
    libdevice=_namespace("cuda.libdevice", **libdevice.MEMBERS),
    atomic=_namespace("cuda.atomic", **atomics.INDEXED, compare_and_swap=atomics.compare_and_swap),
)
coordinates.type_lane_id(cuda)
