"""numba.cuda.bf16: bfloat16 and the functions on it."""

from crosscheck.kernels.cpu.language import bf16

globals().update(bf16.MEMBERS)
