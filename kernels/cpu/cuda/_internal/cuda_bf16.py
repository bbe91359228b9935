"""numba.cuda._internal.cuda_bf16: bfloat16 as nv_bfloat16, and the functions on it."""

from ...language.sixteen_bit_floats import bf16

globals().update(bf16.MEMBERS)
nv_bfloat16 = bf16.bfloat16
