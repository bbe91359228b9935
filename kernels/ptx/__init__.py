"""What numba's Python cannot say by itself: wide accesses, asynchronous copies, tensor cores.

    opaque(i)                        i, of which the compiler knows nothing
    load_if(array, at, inside)       array[at] if inside else 0
    load_quad(array, at)             array[at : at + 4], as a tuple
    store_quad(array, at, values)    array[at : at + 4] = values
    array_at(dtype, address, count)  the `count` elements from an address on, as an array; an array
                                     stands for the dtype of its elements
    element_bytes(array)             the bytes of an element in memory, a constant on a GPU
    hold(array, at)                  (array, at) in another form: the pointer in a register
    copy_async(tile, quad, lane, array, at, inside)
                                     tile[quad, lane] = array[at] if inside else 0
    copy_quad_async(tile, quad, array, at, inside)
                                     tile[quad, :] = array[at : at + 4] if inside else 0
    commit()                         the copies started since the last `commit` become a group
    wait(groups)                     until all groups but the last `groups` have landed
    to_tf32(word)                    the bits of a float32, rounded to TF32
    mma_tf32, mma_f16, mma_bf16 (acc, a, b, first)
                                     acc += A B, for a warp: 16 x 8 outputs (tensor_cores.py)
    load_transposed(words, tile, quad)
                                     four 8 x 8 matrices of 16-bit elements, transposed
    wgmma_tf32, wgmma_f16, wgmma_bf16 (acc, a, b, columns)
                                     acc += A B, for four warps, and what belongs to it: Hopper
                                     (warp_groups.py), not on the CPU device

`array` has one dimension and lies in global memory. A quad of it begins on 16 bytes, or on 8 where
its elements have 16 bits: `at` is a multiple of 4, and so begins the array's memory. Elements of 16
bits are float32 in a tuple. `tile` is a shared array (quads, 4), made with alignment=16; indexed
[quad, lane], it is read and written 128 bits at a time without help.

A copy goes from global to shared memory without passing through registers: cp.async of 4, 8 or 16
bytes (PTX ISA, "Data Movement and Conversion Instructions: cp.async"), for GPUs from the compute
capability ASYNC_COPIES on. Its thread sees what it brought after `wait`, the other threads after a
barrier behind that.

On the CPU device those of tensor cores run as the PTX that they are; of the others each is the
Python below it. A copy has landed when it returns, but under the sanitizer it lands at `wait`, as
far as racecheck is concerned: who touches the element before that is told so.
"""

from crosscheck.kernels.ptx.accesses import load_if, load_quad, store_quad
from crosscheck.kernels.ptx.async_copies import (
    ASYNC_COPIES,
    commit,
    copy_async,
    copy_quad_async,
    wait,
)
from crosscheck.kernels.ptx.elements import element_bytes
from crosscheck.kernels.ptx.origins import array_at, hold, opaque
from crosscheck.kernels.ptx.tensor_cores import (
    load_transposed,
    mma_bf16,
    mma_f16,
    mma_tf32,
    to_tf32,
)
from crosscheck.kernels.ptx.warp_groups import (
    WARP_GROUPS,
    descriptor,
    fence_shared,
    wgmma_bf16,
    wgmma_commit,
    wgmma_f16,
    wgmma_fence,
    wgmma_tf32,
    wgmma_tf32_from,
    wgmma_wait,
)

__all__ = [
    "ASYNC_COPIES",
    "WARP_GROUPS",
    "array_at",
    "commit",
    "copy_async",
    "copy_quad_async",
    "descriptor",
    "element_bytes",
    "fence_shared",
    "hold",
    "load_if",
    "load_quad",
    "load_transposed",
    "mma_bf16",
    "mma_f16",
    "mma_tf32",
    "opaque",
    "store_quad",
    "to_tf32",
    "wait",
    "wgmma_bf16",
    "wgmma_commit",
    "wgmma_f16",
    "wgmma_fence",
    "wgmma_tf32",
    "wgmma_tf32_from",
    "wgmma_wait",
]
