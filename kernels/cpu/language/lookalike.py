"""`cuda` as a kernel sees it on the CPU device: the names of numba.cuda, with a CPU's meaning.

A kernel's global `cuda` is replaced by this namespace before numba compiles it for the CPU.
"""

import sys
import types as python_types
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from crosscheck.kernels.cpu.language import (  # noqa: F401  some are there for what they define
    atomics,
    barriers,
    bf16,
    bits,
    cache_hints,
    coordinates,
    fp16,
    fused,
    grid_group,
    libdevice,
    memory,
    pointers,
    scalars,
    shuffles,
    vectors,
    votes,
)
from crosscheck.kernels.cpu.machine import record


def _namespace(name: str, **members) -> python_types.ModuleType:
    """Make a module object: what numba resolves dotted names in."""
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
    warpsize=np.int32(record.WARP),
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
    shared=_namespace("cuda.shared", array=memory.shared_array),
    local=_namespace("cuda.local", array=memory.local_array),
    const=_namespace("cuda.const", array_like=memory.constant_array_like),
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


_OF_MODULES = set(vars(python_types.ModuleType("")))


def _pairs(ours: python_types.ModuleType, theirs: Any) -> Iterator[tuple[int, Any]]:
    """Yield id(numba.cuda's object), our object, for every name both have."""
    yield id(theirs), ours
    for name, member in vars(ours).items():
        if name in _OF_MODULES or not hasattr(theirs, name):
            continue
        if isinstance(member, python_types.ModuleType):
            yield from _pairs(member, getattr(theirs, name))
        else:
            yield id(getattr(theirs, name)), member


@cache
def _counterparts(module: python_types.ModuleType, parts: tuple[str, ...]) -> dict[int, Any]:
    return dict(_pairs(cuda, module))


_PARTS = [name for name, part in vars(cuda).items() if isinstance(part, python_types.ModuleType)]


def is_ours(module: python_types.ModuleType) -> bool:
    """Say whether a module has this namespace's own members: it, or the stand-in for numba.cuda."""
    return vars(module).get("grid") is cuda.grid


def counterpart(value: Any) -> Any:
    """Return ours for numba.cuda itself or one of its members; anything else is returned as is."""
    module = sys.modules.get("numba.cuda")
    if module is None or is_ours(module):
        return value
    parts = tuple(name for name in _PARTS if hasattr(module, name))  # what was imported by now
    return _counterparts(module, parts).get(id(value), value)
